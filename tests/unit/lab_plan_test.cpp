// What the lab would build, without building it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "lab/commands.hpp"
#include "lab/topology.hpp"
#include "lab/topology_json.hpp"

namespace fairlead::lab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
Prefix prefix(const char* text) { return Prefix::parse(text).value(); }

Config config_with(std::vector<LanConfig> lans, std::vector<WanConfig> wans) {
  Config config;
  config.lans = std::move(lans);
  config.wans = std::move(wans);
  return config;
}

LanConfig lan(const char* name, const char* interface, std::vector<Prefix> addresses = {}) {
  LanConfig result;
  result.name = name;
  result.interface = interface;
  result.addresses = std::move(addresses);
  return result;
}

WanConfig wan(const char* name, const char* interface, std::vector<Prefix> addresses = {},
              std::vector<IpAddress> gateways = {}) {
  WanConfig result;
  result.name = name;
  result.interface = interface;
  result.addresses = std::move(addresses);
  result.gateways = std::move(gateways);
  return result;
}

Topology plan(const Config& config) { return plan_topology(config, {.name = "t", .hosts_per_lan = 2}); }

std::vector<Prefix> addresses(const Topology& topology, const char* host, const char* interface) {
  return topology.host(host)->interface(interface)->addresses;
}

std::vector<std::string> routes(const Topology& topology, const char* host) {
  std::vector<std::string> texts;
  for (const auto& route : topology.host(host)->routes) {
    texts.push_back(route.destination.to_text() + (route.gateway ? " via " + route.gateway->to_text() : "") + " dev " +
                    route.link + (route.metric != 0 ? " metric " + std::to_string(route.metric) : "") +
                    (route.onlink ? " onlink" : ""));
  }
  return texts;
}

TEST(LabPlanTest, SilentFileGetsWhatASystemWouldSet) {
  const auto topology = plan(config_with({lan("home", "eth0")}, {wan("cable1", "eth1"), wan("cable2", "eth2")}));
  EXPECT_THAT(topology.names(),
              ElementsAre("router", "sw-home", "home-1", "home-2", "isp-cable1", "isp-cable2", "internet"));
  EXPECT_THAT(addresses(topology, "router", "eth0"), ElementsAre(prefix("192.168.1.1/24"), prefix("fd00:1::1/64")));
  EXPECT_THAT(addresses(topology, "router", "eth2"), ElementsAre(prefix("100.64.2.2/24"), prefix("2001:db8:2::2/64")));
  EXPECT_THAT(addresses(topology, "isp-cable2", "down"),
              ElementsAre(prefix("100.64.2.1/24"), prefix("2001:db8:2::1/64")));
  EXPECT_THAT(addresses(topology, "home-2", "eth0"), ElementsAre(prefix("192.168.1.102/24"), prefix("fd00:1::102/64")));
  EXPECT_THAT(
      routes(topology, "router"),
      ElementsAre("0.0.0.0/0 via 100.64.1.1 dev eth1 metric 100", "::/0 via 2001:db8:1::1 dev eth1 metric 100",
                  "0.0.0.0/0 via 100.64.2.1 dev eth2 metric 101", "::/0 via 2001:db8:2::1 dev eth2 metric 101"));
  EXPECT_THAT(routes(topology, "home-1"),
              ElementsAre("0.0.0.0/0 via 192.168.1.1 dev eth0", "::/0 via fd00:1::1 dev eth0"));
  EXPECT_THAT(routes(topology, "internet"), Contains("100.64.2.0/24 via 198.18.2.2 dev isp2"));
  EXPECT_THAT(topology.host("isp-cable1")->modems, IsEmpty());
}

TEST(LabPlanTest, WhatTheFileSaysIsLeftToFairlead) {
  const auto topology = plan(config_with({lan("staff", "eth0", {prefix("10.20.0.1/16")})},
                                         {wan("cable1", "eth1", {prefix("203.0.113.2/30")}, {address("203.0.113.1")}),
                                          wan("cable2", "eth2", {prefix("203.0.113.6/30")})}));
  for (const char* link : {"eth0", "eth1", "eth2"}) EXPECT_THAT(addresses(topology, "router", link), IsEmpty());
  EXPECT_THAT(routes(topology, "router"), IsEmpty());
  EXPECT_THAT(addresses(topology, "isp-cable1", "down"), ElementsAre(prefix("203.0.113.1/30")));
  EXPECT_THAT(addresses(topology, "isp-cable2", "down"), ElementsAre(prefix("203.0.113.5/30")));
  // IPv4 only stays IPv4 only.
  EXPECT_THAT(addresses(topology, "staff-1", "eth0"), ElementsAre(prefix("10.20.0.101/16")));
  EXPECT_EQ(topology.host("isp-cable1")->address(Family::v6), std::nullopt);
}

TEST(LabPlanTest, StaticAddressInALargeSubnetWithoutGatewayGetsARouteToDiscover) {
  const auto topology = plan(config_with({}, {wan("cable1", "eth1", {prefix("203.0.113.1/24")})}));
  EXPECT_THAT(routes(topology, "router"), ElementsAre("0.0.0.0/0 via 203.0.113.2 dev eth1 metric 100 onlink"));
}

TEST(LabPlanTest, GivenGatewayWithoutAddressIsTheProviders) {
  const auto topology =
      plan(config_with({}, {wan("cable1", "eth1", {}, {address("198.51.100.1"), address("fe80::1")})}));
  EXPECT_THAT(addresses(topology, "isp-cable1", "down"), ElementsAre(prefix("198.51.100.1/24"), prefix("fe80::1/64")));
  EXPECT_THAT(addresses(topology, "router", "eth1"),
              ElementsAre(prefix("198.51.100.2/24"), prefix("2001:db8:1::2/64")));
  EXPECT_THAT(routes(topology, "isp-cable1"), Contains("2001:db8:1::/64 dev down"));
  EXPECT_THAT(routes(topology, "router"), IsEmpty());
}

TEST(LabPlanTest, PrivateAndSharedSubnetsAreBehindAModem) {
  const auto topology = plan(config_with({}, {wan("a", "eth1", {prefix("192.168.0.50/24")}, {address("192.168.0.1")}),
                                              wan("b", "eth2", {prefix("198.51.100.2/24")}, {address("198.51.100.1")}),
                                              wan("c", "eth3", {prefix("198.51.100.3/24")}, {address("198.51.100.1")}),
                                              wan("d", "eth4", {prefix("203.0.113.2/24")}, {address("203.0.113.1")})}));
  EXPECT_THAT(topology.host("isp-a")->modems, ElementsAre(Modem{address("198.18.1.2"), address("192.168.0.50")}));
  EXPECT_THAT(topology.host("isp-b")->modems, ElementsAre(Modem{address("198.18.2.2"), address("198.51.100.2")}));
  EXPECT_THAT(topology.host("isp-c")->modems, ElementsAre(Modem{address("198.18.3.2"), address("198.51.100.3")}));
  EXPECT_THAT(topology.host("isp-d")->modems, IsEmpty());
  EXPECT_THAT(routes(topology, "internet"), ElementsAre("203.0.113.0/24 via 198.18.4.2 dev isp4"));
  EXPECT_THAT(modem_script(*topology.host("isp-c")), HasSubstr("snat ip to 198.18.3.2"));
}

TEST(LabPlanTest, RoutedPrefixLeadsToTheRouter) {
  auto uplink = wan("cable1", "eth1", {prefix("2001:db8:5::2/64")}, {address("2001:db8:5::1")});
  uplink.prefix = prefix("2001:db8:500::/56");
  const auto topology = plan(config_with({}, {uplink}));
  EXPECT_THAT(routes(topology, "isp-cable1"), Contains("2001:db8:500::/56 via 2001:db8:5::2 dev down"));
  EXPECT_THAT(routes(topology, "internet"), Contains("2001:db8:500::/56 via 2001:db8:fffe:1::2 dev isp1"));
}

TEST(LabPlanTest, OwnAddressesKeepClearOfTheFiles) {
  const auto topology = plan(config_with({lan("one", "eth0", {prefix("192.168.1.1/24")}), lan("two", "eth5")},
                                         {wan("cable1", "eth1"), wan("cable2", "eth2", {prefix("100.64.1.7/24")})}));
  EXPECT_THAT(addresses(topology, "router", "eth5"), ElementsAre(prefix("192.168.2.1/24"), prefix("fd00:1::1/64")));
  EXPECT_THAT(addresses(topology, "router", "eth1"), Contains(prefix("100.64.2.2/24")));
}

TEST(LabPlanTest, SmallLanHasRoomBesideTheRouter) {
  const auto topology = plan(config_with({lan("tiny", "eth0", {prefix("10.0.0.2/29")})}, {}));
  EXPECT_THAT(addresses(topology, "tiny-1", "eth0"), ElementsAre(prefix("10.0.0.1/29")));
  EXPECT_THAT(addresses(topology, "tiny-2", "eth0"), ElementsAre(prefix("10.0.0.3/29")));
}

TEST(LabPlanTest, BandwidthShapesBothWaysAtTheProvider) {
  auto uplink = wan("cable1", "eth1");
  uplink.bandwidth = Bandwidth{Bitrate{50'000'000}, Bitrate{10'000'000}};
  const auto topology = plan(config_with({}, {uplink}));
  const auto batch = shaping_batch(*topology.host("isp-cable1"));
  EXPECT_THAT(batch, HasSubstr("dev down root tbf rate 50000000bit"));
  EXPECT_THAT(batch, HasSubstr("dev up root tbf rate 10000000bit"));
  EXPECT_THAT(shaping_batch(*topology.host("internet")), IsEmpty());
}

TEST(LabPlanTest, EveryCableEndIsAnInterfaceWithAnIndexOfItsOwn) {
  const auto topology = plan(config_with({lan("home", "eth0"), lan("shop", "eth9")}, {wan("cable1", "eth1")}));
  for (const auto& cable : topology.cables) {
    for (const auto& end : {cable.one, cable.other}) {
      ASSERT_NE(topology.host(end.host), nullptr) << end.host;
      EXPECT_NE(topology.host(end.host)->interface(end.interface), nullptr) << end.host << " " << end.interface;
    }
  }
  std::multiset<std::string> indexes;
  const std::string batch = cables_batch(topology, "t");
  for (std::size_t at = batch.find("index "); at != std::string::npos; at = batch.find("index ", at + 1)) {
    indexes.insert(batch.substr(at, batch.find(' ', at + 6) - at));
  }
  EXPECT_EQ(indexes.size(), topology.cables.size() * 2);
  for (const auto& index : indexes) EXPECT_EQ(indexes.count(index), 1U) << index;
}

TEST(LabPlanTest, WhatIsAskedOfTheProviderIsOffered) {
  auto dhcp = wan("cable1", "eth1");
  dhcp.dhcp = true;
  dhcp.ipv6 = Ipv6Mode::ra;
  auto off = wan("cable2", "eth2");
  off.ipv6 = Ipv6Mode::off;
  const auto topology = plan_topology(config_with({lan("home", "eth0")}, {dhcp, off}), {.name = "t"});
  EXPECT_EQ(topology.host("isp-cable1")->offers, (Offers{prefix("100.64.1.2/24"), prefix("2001:db8:1::/64")}));
  EXPECT_EQ(topology.host("isp-cable2")->offers, (Offers{std::nullopt, prefix("2001:db8:2::/64")}));
  EXPECT_THAT(topology.host("router")->interface("eth1")->addresses, IsEmpty());
  EXPECT_THAT(topology.host("router")->interface("eth2")->addresses, ElementsAre(prefix("100.64.2.2/24")));
  EXPECT_EQ(topology_from_json(to_json(topology)).value(), topology);
}

TEST(LabPlanTest, SurvivesItsStateFile) {
  auto uplink = wan("cable1", "eth1", {prefix("192.168.0.50/24")}, {address("192.168.0.1")});
  uplink.bandwidth = Bandwidth{Bitrate{50'000'000}, Bitrate{10'000'000}};
  const auto topology = plan(config_with({lan("home", "eth0")}, {uplink, wan("cable2", "eth2")}));
  const auto read = topology_from_json(nlohmann::json::parse(to_json(topology).dump()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, topology);
  for (const char* broken : {"{}", "[]", R"({"hosts":[{}],"cables":[]})"}) {
    EXPECT_FALSE(topology_from_json(nlohmann::json::parse(broken))) << broken;
  }
}

}  // namespace
}  // namespace fairlead::lab
