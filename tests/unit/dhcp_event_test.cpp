// What a DHCP client's hook tells: only what makes sense becomes a lease.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/dhcp/event.hpp"
#include "core/render/dhcpcd.hpp"

namespace fairlead::dhcp {
namespace {

using std::chrono::seconds;
using Kind = Event::Kind;
constexpr BootTime now{1000};

nlohmann::json message(nlohmann::json changes = nlohmann::json::object()) {
  nlohmann::json environment{{"reason", "BOUND"},
                             {"interface", "eth2"},
                             {"new_ip_address", "100.64.7.9"},
                             {"new_subnet_cidr", "24"},
                             {"new_routers", "100.64.7.1"},
                             {"new_domain_name_servers", "9.9.9.9 1.1.1.1"},
                             {"new_interface_mtu", "1492"},
                             {"new_dhcp_server_identifier", "100.64.7.2"},
                             {"new_dhcp_lease_time", "3600"},
                             {"new_dhcp_renewal_time", "1700"},
                             {"new_dhcp_rebinding_time", "3000"}};
  environment.update(changes);
  return {{"command", "dhcp-event"}, {"environment", environment}};
}

Lease lease(const nlohmann::json& changes) {
  const auto event = parse_event(message(changes), now);
  EXPECT_TRUE(event && event->lease) << changes;
  return event && event->lease ? *event->lease : Lease{};
}

TEST(DhcpEvent, AWholeLease) {
  const auto event = parse_event(message(), now);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::leased);
  EXPECT_EQ(event->link, "eth2");
  Lease expected;
  expected.link = "eth2";
  expected.address = Prefix::parse("100.64.7.9/24").value();
  expected.gateways = {IpAddress::parse("100.64.7.1").value()};
  expected.dns = {IpAddress::parse("9.9.9.9").value(), IpAddress::parse("1.1.1.1").value()};
  expected.server = IpAddress::parse("100.64.7.2");
  expected.mtu = 1492;
  expected.taken = now;
  expected.renew = seconds(1700);
  expected.rebind = seconds(3000);
  expected.lifetime = seconds(3600);
  EXPECT_EQ(event->lease, expected);
  EXPECT_EQ(lease_from_json(to_json(expected)).value(), expected);
}

TEST(DhcpEvent, EachReasonMeansOneThing) {
  for (const auto* reason : {"BOUND", "RENEW", "REBIND", "REBOOT"})
    EXPECT_EQ(parse_event(message({{"reason", reason}}), now).value().kind, Kind::leased) << reason;
  for (const auto* reason : {"NAK", "RELEASE"})
    EXPECT_EQ(parse_event(message({{"reason", reason}}), now).value().kind, Kind::lost) << reason;
  for (const auto* reason : {"PREINIT", "CARRIER", "NOCARRIER", "EXPIRE", "STOP", "STOPPED", "RECONFIGURE", "TIMEOUT",
                             "FAIL", "DEPARTED", "bound", "anything else"})
    EXPECT_EQ(parse_event(message({{"reason", reason}}), now).value().kind, Kind::other) << reason;
}

TEST(DhcpEvent, WhatTheServerLeavesOutIsWorkedOut) {
  const auto plain = lease({{"new_dhcp_renewal_time", ""}, {"new_dhcp_rebinding_time", nullptr}});
  EXPECT_EQ(plain.renew, seconds(1800));
  EXPECT_EQ(plain.rebind, seconds(3150));
  EXPECT_FALSE(lease({{"new_dhcp_lease_time", "4294967295"}}).lifetime) << "for ever";
  EXPECT_FALSE(lease({{"new_dhcp_lease_time", nullptr}}).expires());
  EXPECT_EQ(lease({{"new_dhcp_renewal_time", "99999"}}).renew, seconds(3600)) << "not after the end";
  EXPECT_TRUE(lease({{"new_routers", ""}}).gateways.empty());
  EXPECT_EQ(lease({{"new_subnet_cidr", "32"}}).address.length, 32);
}

TEST(DhcpEvent, NonsenseBesideTheAddressIsLeftOut) {
  const auto odd = lease({{"new_routers", "0.0.0.0 224.0.0.1 100.64.7.9 100.64.7.1 100.64.7.1 fe80::1 x"},
                          {"new_domain_name_servers", "127.0.0.1 255.255.255.255 8.8.8.8"},
                          {"new_interface_mtu", "5"},
                          {"new_dhcp_server_identifier", "nobody"}});
  EXPECT_THAT(odd.gateways, testing::ElementsAre(IpAddress::parse("100.64.7.1").value()));
  EXPECT_THAT(odd.dns, testing::ElementsAre(IpAddress::parse("8.8.8.8").value()));
  EXPECT_EQ(odd.mtu, 0U);
  EXPECT_FALSE(odd.server);
}

TEST(DhcpEvent, AnAddressThatNoHostCanHaveIsRefused) {
  for (const auto* address : {"", "x", "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.9", "240.0.0.1", "255.255.255.255",
                              "fd00::1", "100.64.7.9 100.64.7.8", "100.64.7.0", "100.64.7.255"})
    EXPECT_FALSE(parse_event(message({{"new_ip_address", address}}), now)) << address;
  for (const auto* length : {"", "0", "33", "-1", "24x", "4294967320"})
    EXPECT_FALSE(parse_event(message({{"new_subnet_cidr", length}}), now)) << length;
  EXPECT_FALSE(parse_event(message({{"new_dhcp_lease_time", "0"}}), now));
  EXPECT_TRUE(parse_event(message({{"new_ip_address", "100.64.7.0"}, {"new_subnet_cidr", "31"}}), now));
}

TEST(DhcpEvent, WhatIsNoMessageIsRefused) {
  for (const auto* text : {"null", "[]", "{}", "7", R"({"environment": []})", R"({"environment": {}})",
                           R"({"environment": {"reason": "BOUND"}})", R"({"environment": {"interface": "eth0"}})",
                           R"({"environment": {"reason": 1, "interface": "eth0"}})",
                           R"({"environment": {"reason": "NAK", "interface": "a-name-that-is-too-long"}})"})
    EXPECT_FALSE(parse_event(nlohmann::json::parse(text), now)) << text;
}

TEST(DhcpcdConf, LeavesEverythingToUs) {
  const auto conf = render::dhcpcd_conf("/run/fairlead/dhcp-hook");
  EXPECT_THAT(conf, testing::HasSubstr("\nnoconfigure\n"));
  EXPECT_THAT(conf, testing::HasSubstr("\nscript /run/fairlead/dhcp-hook\n"));
  EXPECT_THAT(conf, testing::Not(testing::HasSubstr("hostname"))) << "the provider need not know our name";
}

}  // namespace
}  // namespace fairlead::dhcp
