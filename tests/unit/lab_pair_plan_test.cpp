// What the lab of a pair would build, without building it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "lab/commands.hpp"
#include "lab/topology.hpp"
#include "lab/topology_json.hpp"

namespace fairlead::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Prefix prefix(const char* text) { return Prefix::parse(text).value(); }

/// A LAN, an uplink with the pair's address, one with the system's addresses, and one by DHCP.
Config cafe() {
  Config config;
  config.lans.resize(1);
  config.lans[0].name = "home";
  config.lans[0].interface = "eth0";
  config.lans[0].addresses = {prefix("192.168.1.1/24")};
  config.wans.resize(3);
  for (std::size_t i = 0; i < config.wans.size(); ++i) {
    config.wans[i].name = "cable" + std::to_string(i + 1);
    config.wans[i].interface = "eth" + std::to_string(i + 1);
  }
  config.wans[0].addresses = {prefix("203.0.113.2/30")};
  config.wans[2].dhcp = true;
  config.wans[2].bandwidth = Bandwidth{Bitrate{50'000'000}, Bitrate{10'000'000}};
  auto& ha = config.ha.emplace();
  ha.priority = 150;
  ha.interface = "eth9";
  ha.address = prefix("10.255.0.1/30");
  ha.peer = IpAddress::parse("10.255.0.2").value();
  return config;
}

Topology plan(const Config& config) { return plan_topology(config, {.name = "t", .hosts_per_lan = 2, .pair = true}); }

/// "sw-home.port0" is at the other end of the router's device.
std::string far_end(const Topology& topology, const char* host, const char* device) {
  for (const auto& [one, other] : topology.cables) {
    if (one == CableEnd{host, device}) return other.host + "." + other.interface;
    if (other == CableEnd{host, device}) return one.host + "." + one.interface;
  }
  return "nothing";
}

TEST(LabPairPlan, BothRoutersAreInEverySwitch) {
  const auto topology = plan(cafe());
  EXPECT_THAT(topology.names(),
              ElementsAre("left", "right", "sw-home", "home-1", "home-2", "sw-cable1", "isp-cable1", "sw-cable2",
                          "isp-cable2", "sw-cable3", "isp-cable3", "sw-sync", "internet"));
  EXPECT_THAT(topology.routers(), ElementsAre("left", "right"));
  EXPECT_EQ(far_end(topology, "left", "eth0"), "sw-home.port0");
  EXPECT_EQ(far_end(topology, "right", "eth0"), "sw-home.port1");
  EXPECT_EQ(far_end(topology, "home-1", "eth0"), "sw-home.port2");
  EXPECT_EQ(far_end(topology, "left", "eth2"), "sw-cable2.port0");
  EXPECT_EQ(far_end(topology, "right", "eth2"), "sw-cable2.port1");
  EXPECT_EQ(far_end(topology, "isp-cable2", "down"), "sw-cable2.port2");
  EXPECT_EQ(far_end(topology, "left", "eth9"), "sw-sync.port0");
  EXPECT_EQ(far_end(topology, "right", "eth9"), "sw-sync.port1");
  EXPECT_EQ(topology.far_ends("right").front(), (CableEnd{"sw-sync", "port1"}));
  EXPECT_EQ(topology.far_ends("right").size(), 5U);
  EXPECT_THAT(host_batch(*topology.host("sw-cable1")), HasSubstr("forward_delay 0 mcast_snooping 0"));
  EXPECT_EQ(topology.host("isp-cable3")->interface("down")->rate, Bitrate{50'000'000}) << "shaped at the provider";
}

TEST(LabPairPlan, TheSystemsAddressesAreEachRoutersOwn) {
  const auto topology = plan(cafe());
  const auto at = [&](const char* router, const char* device) {
    return topology.host(router)->interface(device)->addresses;
  };
  EXPECT_THAT(at("left", "eth2"), ElementsAre(prefix("100.64.1.2/24"), prefix("2001:db8:1::2/64")));
  EXPECT_THAT(at("right", "eth2"), ElementsAre(prefix("100.64.1.3/24"), prefix("2001:db8:1::3/64")));
  for (const char* router : {"left", "right"}) {
    for (const char* device : {"eth0", "eth1", "eth3", "eth9"}) EXPECT_THAT(at(router, device), IsEmpty()) << device;
    ASSERT_EQ(topology.host(router)->routes.size(), 2U);
    EXPECT_EQ(topology.host(router)->routes[0].gateway->to_text(), "100.64.1.1");
    EXPECT_EQ(topology.host(router)->routes[1].gateway->to_text(), "2001:db8:1::1");
  }
  auto config = cafe();
  config.wans[1].gateways = {IpAddress::parse("198.51.100.1").value()};
  const auto given = plan(config);
  EXPECT_EQ(given.host("right")->interface("eth2")->addresses.front(), prefix("198.51.100.3/24"));
}

TEST(LabPairPlan, RoutersKeepTheirMacs) {
  const auto topology = plan(cafe());
  std::set<std::string> macs;
  for (const char* router : {"left", "right"})
    for (const auto& interface : topology.host(router)->interfaces) macs.insert(interface.mac);
  EXPECT_EQ(macs.size(), 10U);
  EXPECT_FALSE(macs.contains(""));
  const auto again = cables_batch(topology, "t", "right");
  EXPECT_THAT(again, HasSubstr(topology.host("right")->interface("eth9")->mac + " netns fl-t-right"));
  EXPECT_EQ(std::ranges::count(again, '\n'), 5) << "its own cables only";
  EXPECT_THAT(cables_batch(topology, "t"), HasSubstr(again.substr(0, again.find('\n')))) << "with the same indices";
  const auto read = topology_from_json(to_json(topology));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, topology);
}

TEST(LabPairPlan, VlansOfATrunkReachBothThroughOneSwitch) {
  auto config = cafe();
  config.lans.resize(2);
  config.lans[1].name = "staff";
  config.lans[1].interface = "eth0.20";
  config.lans[1].vlan = Vlan{"eth0", 20};
  config.lans[1].addresses = {prefix("192.168.20.1/24")};
  config.wans[1].vlan = Vlan{"eth4", 104};
  config.wans[1].interface = "eth4.104";
  const auto topology = plan(config);
  EXPECT_EQ(far_end(topology, "left", "eth0"), "sw-eth0.trunk");
  EXPECT_EQ(far_end(topology, "right", "eth0"), "sw-eth0.trunk2");
  const auto* trunk = topology.host("sw-eth0");
  ASSERT_NE(trunk, nullptr);
  for (const char* port : {"trunk.20", "trunk2.20"}) {
    ASSERT_NE(trunk->interface(port), nullptr) << port;
    EXPECT_EQ(trunk->interface(port)->bridge, "br20");
  }
  EXPECT_EQ(trunk->interface("trunk2")->bridge, "br0") << "what has no tag is the other LAN's";
  EXPECT_THAT(far_end(topology, "isp-cable2", "down"), HasSubstr("sw-eth4.port"))
      << "the switch of the trunk joins both routers and the provider";
  EXPECT_EQ(topology.host("sw-cable2"), nullptr);
  EXPECT_TRUE(check_pair(config));
}

TEST(LabPairPlan, WhatCannotBeIsSaid) {
  const auto said = [](void (*change)(Config&)) {
    auto config = cafe();
    change(config);
    const auto good = check_pair(config);
    return good ? "nothing" : good.error().message;
  };
  EXPECT_EQ(said([](Config&) {}), "nothing");
  EXPECT_THAT(said([](Config& config) { config.ha.reset(); }), HasSubstr("needs the section [ha]"));
  EXPECT_THAT(said([](Config& config) { config.lans[0].ports = {"eth0", "eth5"}; }),
              HasSubstr("not in a pair lab yet"));
  EXPECT_THAT(said([](Config& config) { config.wans[0].name = "sync"; }), HasSubstr("rename [wan.sync]"));
}

}  // namespace
}  // namespace fairlead::lab
