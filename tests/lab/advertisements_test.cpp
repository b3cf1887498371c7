// IPv6 of an uplink by router advertisements, from a real sender (dnsmasq) at the provider's.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string cable_by_dhcp_and_advertisements = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable]
interface = "eth1"
address = "dhcp"
[wan.lte]
interface = "eth2"
[[policy]]
use = ["cable", "lte"]
)";

class Advertisements : public RouterLab {
 protected:
  [[nodiscard]] nlohmann::json ipv6(const std::string& name) const { return uplink(name)["ipv6"]; }
  [[nodiscard]] bool wait_for_ipv6(const std::string& name, bool usable) const {
    return lab::wait_until([&] { return ipv6(name)["usable"] == usable; }, lab::in(30s));
  }
  [[nodiscard]] std::string accept_ra(const std::string& device) const {
    return on_router({"cat", "/proc/sys/net/ipv6/conf/" + device + "/accept_ra"});
  }
};

TEST_F(Advertisements, GiveAddressAndGatewayAndTakeTheGatewayAway) {
  start(cable_by_dhcp_and_advertisements);
  ASSERT_TRUE(wait_for_ipv6("cable", true)) << lab_->server_log("cable");
  EXPECT_EQ(accept_ra("eth1"), "2\n") << "a router ignores advertisements otherwise";
  EXPECT_THAT(std::string(ipv6("cable")["gateway"]), StartsWith("fe80::"));
  ASSERT_TRUE(wait_for_state("cable", "up"));
  const auto outside = seen_by_tcp(host("home-1"), server(1, Family::v6));
  ASSERT_TRUE(outside);
  EXPECT_THAT(outside->to_text(), StartsWith("2001:db8:1:")) << "of the advertised prefix";

  ASSERT_TRUE(wait_for_state("cable", "up"));
  auto over_ipv4 = host("home-1").connect({server(1), lab::echo_port}, lab::in(5s));
  auto over_ipv6 = host("home-1").connect({server(1, Family::v6), lab::echo_port}, lab::in(5s));
  ASSERT_TRUE(over_ipv4 && over_ipv6);
  auto withdrawn = lab::offer_of(*lab_->topology().host("isp-cable"));
  withdrawn.router_lifetime = 0s;
  ASSERT_TRUE(lab_->serve("cable", withdrawn));
  ASSERT_TRUE(wait_for_ipv6("cable", false)) << lab_->server_log("cable");
  EXPECT_EQ(state_of("cable"), "up") << "IPv4 goes on";
  const auto ended = over_ipv6->receive(lab::in(2s));
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("reset"));
  ASSERT_TRUE(over_ipv4->send("?", lab::in(2s)));
  EXPECT_EQ(over_ipv4->receive(lab::in(2s)).value_or("nothing"), "?") << "and its connections notice nothing";
  EXPECT_EQ(uplink_of(seen_by_tcp(host("home-1"), server(1, Family::v6))), "lte");

  ASSERT_TRUE(lab_->serve("cable", lab::offer_of(*lab_->topology().host("isp-cable"))));
  ASSERT_TRUE(wait_for_ipv6("cable", true));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1, Family::v6)), outside);
}

TEST_F(Advertisements, AreAskedForWhereTheKernelDoesNot) {
  build(R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable]
interface = "eth1"
ipv6 = "ra"
)");
  // As where another program handles advertisements, or handled them before.
  ASSERT_TRUE(host("router").must_run({"sysctl", "-w", "net.ipv6.conf.eth1.accept_ra=0"}));
  ASSERT_TRUE(host("router").must_run({"ip", "-6", "address", "flush", "dev", "eth1", "scope", "global"}));
  ASSERT_TRUE(host("router").must_run({"ip", "-6", "route", "flush", "dev", "eth1", "proto", "ra"}));
  const auto asked_before = lab_->server_log("cable").rfind("RTR-SOLICIT");
  start_router();
  ASSERT_TRUE(wait_for_ipv6("cable", true)) << lab_->server_log("cable");
  EXPECT_NE(lab_->server_log("cable").rfind("RTR-SOLICIT"), asked_before);
  EXPECT_EQ(accept_ra("eth1"), "2\n");
  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_EQ(accept_ra("eth1"), "0\n") << "as it was";
}

TEST_F(Advertisements, OffMeansNoIpv6AtAll) {
  build(R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable]
interface = "eth1"
ipv6 = "off"
[wan.lte]
interface = "eth2"
ipv6 = "off"
)");
  const auto advertised = [&] {
    return on_router({"ip", "-6", "address", "show", "dev", "eth1"}).contains("2001:db8:");
  };
  ASSERT_TRUE(lab::wait_until(advertised, lab::in(20s))) << "the system took them before";
  start_router();
  ASSERT_TRUE(wait_for_state("cable", "up"));
  EXPECT_EQ(accept_ra("eth1"), "0\n");
  for (const auto* name : {"cable", "lte"}) {
    EXPECT_EQ(ipv6(name)["usable"], false) << name;
    EXPECT_EQ(ipv6(name)["address"], "") << name;
  }
  EXPECT_TRUE(seen_by_tcp(host("home-1"), server(1)));
  EXPECT_FALSE(seen_by_tcp(host("home-1"), server(1, Family::v6)));
}

}  // namespace
}  // namespace fairlead
