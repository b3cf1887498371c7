// Sources that cannot be, from outside and from the LAN, and ways into the LAN that nobody opened.
#include <gmock/gmock.h>

#include "raw_packets.hpp"
#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

const std::string open_port = "[[firewall.allow]]\nname = \"any\"\nprotocol = \"udp\"\nport = 5000\n";

class FirewallSpoof : public RouterLab {
 protected:
  void SetUp() override {
    start(three_uplinks + open_port);
    for (const char* own : {"100.64.1.2", "2001:db8:1::2"}) {
      auto service = host("router").udp(at(own, 5000));
      ASSERT_TRUE(service) << service.error().message;
      services_.push_back(std::move(*service));
    }
  }
  /// Which of these sources the router's service hears. The last datagram is honest: what came before it and was
  /// not heard until then is not heard at all.
  [[nodiscard]] std::set<std::string> heard(Family family, const std::vector<const char*>& sources) {
    auto& service = services_.at(family == Family::v4 ? 0 : 1);
    const auto target = service.local();
    for (const char* source : sources) raw::send_datagram(host("isp-cable1"), at(source, 4000), target, source);
    raw::send_datagram(host("isp-cable1"), {server(8, family), 4000}, target, "last");
    std::set<std::string> texts;
    while (true) {
      const auto datagram = service.receive(lab::in(2s));
      EXPECT_TRUE(datagram) << "the last one does not come";
      if (!datagram || datagram->bytes == "last") return texts;
      texts.insert(datagram->bytes);
    }
  }
  std::vector<lab::UdpSocket> services_;
};

TEST_F(FirewallSpoof, ImpossibleSourcesFromOutsideAreDropped) {
  const std::vector<const char*> four{"192.0.2.200", "100.64.1.9", "10.1.2.3",   "172.16.0.1",
                                      "169.254.1.1", "100.64.2.9", "224.0.0.5",  "192.168.1.77",
                                      "192.168.1.1", "100.64.1.2", "192.168.7.7"};
  const std::vector<const char*> six{"2001:db8:ffff::99", "2001:db8:1::9", "fd00:9::1", "fec0::1", "100::1",
                                     "fd00:1::77",        "2001:db8:1::2"};
  EXPECT_EQ(heard(Family::v4, four), (std::set<std::string>{"192.0.2.200", "100.64.1.9"}))
      << "an honest one, and a neighbour in the uplink's own private subnet";
  EXPECT_EQ(heard(Family::v6, six), (std::set<std::string>{"2001:db8:ffff::99", "2001:db8:1::9"}));

  write(three_uplinks + open_port + "[firewall]\nbogons = false\n");
  ASSERT_TRUE(fairlead("reload").ok());
  const auto now4 = heard(Family::v4, four);
  const auto now6 = heard(Family::v6, six);
  for (const char* private_source : {"10.1.2.3", "172.16.0.1", "192.168.7.7"})
    EXPECT_TRUE(now4.contains(private_source));
  EXPECT_TRUE(now6.contains("fd00:9::1"));
  for (const char* ours : {"192.168.1.77", "192.168.1.1", "100.64.1.2"})
    EXPECT_FALSE(now4.contains(ours)) << ours << " is spoofed all the same";
  for (const char* ours : {"fd00:1::77", "2001:db8:1::2"}) EXPECT_FALSE(now6.contains(ours)) << ours;
}

TEST_F(FirewallSpoof, TheLanSpeaksWithItsOwnAddressesOnly) {
  const Witness left(host("internet"), "udp dport 5001");
  for (const auto family : families) {
    const lab::Endpoint target{server(1, family), 5001};
    const auto before = left.count();
    for (const char* source : family == Family::v4 ? std::vector<const char*>{"192.0.2.99", "10.9.9.9", "100.64.1.2"}
                                                   : std::vector<const char*>{"2001:db8:ffff::99", "fd00:9::9"})
      raw::send_datagram(host("home-1"), at(source, 4000), target, "spoofed");
    const auto own = address(family == Family::v4 ? "192.168.1.101" : "fd00:1::101");
    raw::send_datagram(host("home-1"), {own, 4000}, target, "honest");
    EXPECT_TRUE(lab::wait_until([&] { return left.count() > before; }, lab::in(2s))) << to_text(family);
    EXPECT_EQ(left.count(), before + 1) << to_text(family) << ": only the honest one";
  }
}

TEST_F(FirewallSpoof, NoProviderCanRouteIntoTheLan) {
  auto inside = lab::TrafficServer::start(host("home-1"), {address("192.168.1.101"), address("fd00:1::101")});
  ASSERT_TRUE(inside);
  const auto provider = host("isp-cable1");
  ASSERT_TRUE(provider.must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
  ASSERT_TRUE(provider.must_run({"ip", "-6", "route", "add", "fd00:1::/64", "via", "2001:db8:1::2"}));
  const Witness leaked(host("home-1"), "meta l4proto { tcp, udp, icmp } meta pkttype host");
  for (const char* target : {"192.168.1.101", "fd00:1::101"}) {
    const auto from = server(8, address(target).family());
    const Witness tried(host("router"), "iifname \"eth1\" th dport 8");
    raw::send_segment(provider, {from, 4000}, at(target, 8), raw::tcp::syn);
    raw::send_segment(provider, {from, 4001}, at(target, 8), raw::tcp::ack);
    raw::send_datagram(provider, {from, 4000}, at(target, 8), "?");
    raw::send_echo_request(provider, from, address(target), 9);
    EXPECT_TRUE(lab::wait_until([&] { return tried.count() == 3; }, lab::in(2s))) << target;
  }
  EXPECT_EQ(leaked.count(), 0);
}

class FirewallLans : public RouterLab {};

TEST_F(FirewallLans, ReachIsOneWayInBothFamilies) {
  start(three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
reach = ["home"]
)");
  auto home = lab::TrafficServer::start(host("home-1"), {address("192.168.1.101"), address("fd00:1::101")});
  auto staff = lab::TrafficServer::start(host("staff-1"), {address("192.168.20.101"), address("fd00:20::101")});
  ASSERT_TRUE(home && staff);
  struct Case {
    const char* home;
    const char* staff;
    const char* other_gateway;
  };
  for (const auto& [home_1, staff_1, other_gateway] :
       {Case{"192.168.1.101", "192.168.20.101", "192.168.1.1"}, Case{"fd00:1::101", "fd00:20::101", "fd00:1::1"}}) {
    EXPECT_EQ(seen_by_tcp(host("staff-1"), address(home_1)), address(staff_1)) << "untranslated";
    EXPECT_EQ(seen_by_udp(host("staff-1"), address(home_1)), address(staff_1));
    EXPECT_TRUE(host("staff-1").pings(address(home_1)));
    const auto begun = lab::Clock::now();
    const auto refused = host("home-1").connect(at(staff_1, lab::who_port), lab::in(5s));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("refused"));
    EXPECT_LT(lab::Clock::now() - begun, 1s) << "at once";
    EXPECT_FALSE(host("home-1").pings(address(staff_1), 300ms));
    EXPECT_TRUE(seen_by_tcp(host("home-2"), address(home_1))) << "the same LAN";
    EXPECT_TRUE(host("staff-1").pings(address(other_gateway))) << "the router itself, at any of its addresses";
  }
}

TEST_F(FirewallLans, NoProviderSpeaksInAConnectionBetweenLans) {
  start(three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
reach = ["home"]
)");
  const auto provider = host("isp-cable1");
  ASSERT_TRUE(provider.must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
  ASSERT_TRUE(provider.must_run({"ip", "-6", "route", "add", "fd00:1::/64", "via", "2001:db8:1::2"}));
  struct Case {
    const char* home;
    const char* staff;
  };
  for (const auto& [home_1, staff_1] : {Case{"192.168.1.101", "192.168.20.101"}, Case{"fd00:1::101", "fd00:20::101"}}) {
    auto home = host("home-1").udp(at(home_1, 5000));
    auto staff = host("staff-1").udp(at(staff_1, 4000));
    ASSERT_TRUE(home && staff);
    ASSERT_TRUE(staff->send("question", home->local()));
    ASSERT_TRUE(home->receive(lab::in(2s)));
    ASSERT_TRUE(home->send("answer", staff->local()));
    ASSERT_TRUE(staff->receive(lab::in(2s)));
    const Witness tried(host("router"), "iifname \"eth1\" udp dport 5000");
    raw::send_datagram(provider, staff->local(), home->local(), "forged");
    EXPECT_TRUE(lab::wait_until([&] { return tried.count() == 1; }, lab::in(2s))) << home_1;
    ASSERT_TRUE(staff->send("honest", home->local()));
    const auto next = home->receive(lab::in(2s));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->bytes, "honest");
  }
}

TEST_F(FirewallLans, APrivateUplinkAndItsGatewayMayTalk) {
  start(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.modem]
interface = "eth1"
address = "192.168.0.50/24"
gateway = "192.168.0.1"
[wan.cable]
interface = "eth2"
)");
  EXPECT_TRUE(host("isp-modem").pings(address("192.168.0.50")));
  auto page = lab::TrafficServer::start(host("isp-modem"), {address("192.168.0.1")}, {{lab::Service::who, 80}});
  ASSERT_TRUE(page) << page.error().message;
  for (int number = 0; number < 4; ++number)
    EXPECT_EQ(seen_by_tcp(host("home-1"), address("192.168.0.1"), {}, 80), address("192.168.0.50"));
}

}  // namespace
}  // namespace fairlead
