// Devices that go and come, default routes that leave and return, gateways and neighbours of unusual kinds.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string equal_subnets = R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.modem1]
interface = "eth1"
address = "192.168.0.50/24"
gateway = "192.168.0.1"
[wan.modem2]
interface = "eth2"
address = "192.168.0.51/24"
gateway = "192.168.0.1"
)";

class FactsLinks : public RouterLab {
 protected:
  void route(const std::string& action, Family family, const std::string& via, const std::string& device) const {
    static_cast<void>(on_router({"ip", family == Family::v4 ? "-4" : "-6", "route", action, "default", "via", via,
                                 "dev", device, "metric", "700"}));
  }
  /// A new cable between the router and the provider of "lte", with what the system would set on it.
  void plug_in_lte() const {
    static_cast<void>(on_router({"ip", "link", "add", "eth3", "type", "veth", "peer", "name", "down", "netns",
                                 host("isp-lte").network_namespace()}));
    for (const char* own : {"100.64.3.1/24", "2001:db8:3::1/64"})
      ASSERT_TRUE(host("isp-lte").must_run({"ip", "address", "add", own, "dev", "down", "nodad"}));
    ASSERT_TRUE(host("isp-lte").must_run({"ip", "link", "set", "dev", "down", "up"}));
    for (const char* own : {"100.64.3.2/24", "2001:db8:3::2/64"})
      static_cast<void>(on_router({"ip", "address", "add", own, "dev", "eth3", "nodad"}));
    static_cast<void>(on_router({"ip", "link", "set", "eth3", "up"}));
    route("add", Family::v4, "100.64.3.1", "eth3");
    route("add", Family::v6, "2001:db8:3::1", "eth3");
  }
  [[nodiscard]] bool uses(const std::string& chain, Family family) const {
    return on_router({"nft", "list", "map", "inet", "fairlead", family == Family::v4 ? "slots4" : "slots6"})
        .contains(chain);
  }
  /// An uplink is up with its first family; the other one's facts may come a moment later.
  [[nodiscard]] bool wait_for_both_families(const std::string& chain) const {
    return lab::wait_until([&] { return uses(chain, Family::v4) && uses(chain, Family::v6); }, lab::in(10s));
  }
  void expect_all_three() const {
    for (const auto family : families)
      EXPECT_THAT(shares(host("home-1"), 9, server(1, family)),
                  UnorderedElementsAre(Pair("cable1", 5), Pair("cable2", 3), Pair("lte", 1)))
          << to_text(family);
  }
  void expect_without(const std::string& uplink) const {
    for (const auto family : families) {
      const auto counted = shares(host("home-1"), 16, server(1, family));
      EXPECT_THAT(counted, Not(Contains(Key(uplink)))) << to_text(family);
      EXPECT_THAT(counted, Not(Contains(Key("nothing")))) << to_text(family);
    }
  }
};

TEST_F(FactsLinks, ADeviceThatIsMadeAfterTheStartIsTakenUp) {
  build(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "delete", "eth3"}));
  start_router();
  EXPECT_EQ(state_of("lte"), "down");
  expect_without("lte");
  plug_in_lte();
  ASSERT_TRUE(wait_for_both_families("mark_3"));
  expect_all_three();
}

TEST_F(FactsLinks, ADeviceThatDisappearsIsLeftOutAndTakenUpAgain) {
  start(three_uplinks);
  for (int round = 0; round < 2; ++round) {
    static_cast<void>(on_router({"ip", "link", "delete", "eth3"}));
    ASSERT_TRUE(wait_for_state("lte", "down"));
    expect_without("lte");
    plug_in_lte();
    ASSERT_TRUE(wait_for_both_families("mark_3"));
    expect_all_three();
  }
}

TEST_F(FactsLinks, ADeviceThatIsSwitchedOffLeavesAndReturns) {
  start(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "set", "eth2", "down"}));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_THAT(fairlead("status").out, testing::HasSubstr("switched off"));
  expect_without("cable2");
  // The kernel forgets a device's routes and its IPv6 addresses with it: the system sets them again.
  static_cast<void>(on_router({"ip", "link", "set", "eth2", "up"}));
  static_cast<void>(on_router({"ip", "address", "replace", "2001:db8:2::2/64", "dev", "eth2", "nodad"}));
  route("replace", Family::v4, "100.64.2.1", "eth2");
  route("replace", Family::v6, "2001:db8:2::1", "eth2");
  ASSERT_TRUE(wait_for_both_families("mark_2"));
  expect_all_three();
}

TEST_F(FactsLinks, WithoutItsDefaultRouteAnUplinkLeavesInThatFamilyAlone) {
  start(three_uplinks);
  for (const auto family : families) {
    const auto other = family == Family::v4 ? Family::v6 : Family::v4;
    const auto gateway = family == Family::v4 ? "100.64.2.1" : "2001:db8:2::1";
    static_cast<void>(on_router({"ip", family == Family::v4 ? "-4" : "-6", "route", "del", "default", "dev", "eth2"}));
    ASSERT_TRUE(lab::wait_until([&] { return !uses("mark_2", family); }, lab::in(5s))) << to_text(family);
    EXPECT_TRUE(uses("mark_2", other));
    EXPECT_THAT(shares(host("home-1"), 12, server(1, family)),
                UnorderedElementsAre(Pair("cable1", 10), Pair("lte", 2)));
    EXPECT_EQ(shares(host("home-1"), 9, server(1, other)), (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
    route("add", family, gateway, "eth2");
    ASSERT_TRUE(lab::wait_until([&] { return uses("mark_2", family); }, lab::in(5s))) << to_text(family);
    expect_all_three();
  }
}

TEST_F(FactsLinks, ALinkLocalGatewayIsAGatewayLikeAny) {
  build(three_uplinks);
  ASSERT_TRUE(host("isp-cable2").must_run({"ip", "address", "add", "fe80::42/64", "dev", "down", "nodad"}));
  static_cast<void>(on_router({"ip", "-6", "route", "del", "default", "dev", "eth2"}));
  route("add", Family::v6, "fe80::42", "eth2");
  start_router();
  EXPECT_TRUE(on_router({"ip", "-6", "route", "show", "table", "7002"}).contains("via fe80::42"));
  expect_all_three();
}

TEST_F(FactsLinks, ALanWithoutCarrierDisturbsNobodyAndReturns) {
  start(three_uplinks + "[lan.staff]\ninterface = \"eth5\"\naddress = [\"192.168.20.1/24\", \"fd00:20::1/64\"]\n");
  const auto switch_port = lab_->topology().host("sw-staff")->interfaces.front().name;
  ASSERT_TRUE(host("sw-staff").must_run({"ip", "link", "set", switch_port, "down"}));
  ASSERT_TRUE(
      lab::wait_until([&] { return on_router({"ip", "link", "show", "eth5"}).contains("NO-CARRIER"); }, lab::in(5s)));
  expect_all_three();
  ASSERT_TRUE(host("sw-staff").must_run({"ip", "link", "set", switch_port, "up"}));
  for (const auto family : families)
    EXPECT_TRUE(
        lab::wait_until([&] { return seen_by_tcp(host("staff-1"), server(1, family)).has_value(); }, lab::in(8s)))
        << to_text(family);
}

TEST_F(FactsLinks, EqualSubnetsAnswerTheirNeighboursEachOnItsOwnDevice) {
  start(equal_subnets);
  struct Case {
    const char* provider;
    const char* device;
    const char* own;
    const char* others;
  };
  for (const auto& [provider, device, own, others] : {Case{"isp-modem1", "eth1", "192.168.0.50", "192.168.0.51"},
                                                      Case{"isp-modem2", "eth2", "192.168.0.51", "192.168.0.50"}}) {
    const auto modem = host(provider);
    EXPECT_TRUE(modem.pings(address(own))) << provider;
    EXPECT_FALSE(modem.pings(address(others), 300ms)) << "the other uplink's address is not on this wire";
    const auto neighbour = modem.must_run({"ip", "neighbour", "show", own, "dev", "down"});
    ASSERT_TRUE(neighbour) << neighbour.error().message;
    const auto at = neighbour->find("lladdr ");
    ASSERT_NE(at, std::string::npos) << *neighbour;
    const auto hardware = neighbour->substr(at + std::string("lladdr ").size(), 17);
    EXPECT_THAT(on_router({"ip", "link", "show", device}), testing::HasSubstr("link/ether " + hardware));
  }
  std::set<std::string> outside;
  for (int number = 0; number < 4; ++number)
    outside.insert(seen_by_tcp(host("home-1"), server(1)).value_or(IpAddress{}).to_text());
  EXPECT_EQ(outside.size(), 2U);
}

TEST_F(FactsLinks, TheSubnetOfTwoUplinksIsReachedByTheOneThatWorks) {
  start(equal_subnets);
  std::vector<std::unique_ptr<lab::TrafficServer>> pages;
  for (const char* provider : {"isp-modem1", "isp-modem2"}) {
    auto page = lab::TrafficServer::start(host(provider), {address("192.168.0.1")}, {{lab::Service::who, 80}});
    ASSERT_TRUE(page) << page.error().message;
    pages.push_back(std::move(*page));
  }
  const auto seen = [&] { return seen_by_tcp(host("home-1"), address("192.168.0.1"), {}, 80); };
  EXPECT_EQ(seen(), address("192.168.0.50"));
  ASSERT_TRUE(lab_->cut("modem1"));
  ASSERT_TRUE(wait_for_state("modem1", "down"));
  EXPECT_EQ(seen(), address("192.168.0.51"));
  ASSERT_TRUE(lab_->restore("modem1"));
  ASSERT_TRUE(wait_for_state("modem1", "up"));
  EXPECT_EQ(seen(), address("192.168.0.50"));
}

TEST_F(FactsLinks, SeveralAddressesOfOneSubnetAreAllTheRouters) {
  const std::string before = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "192.168.1.3/24"]
[wan.block]
interface = "eth1"
address = ["203.0.113.10/28", "203.0.113.11/28", "2001:db8:1::2/64", "2001:db8:1::3/64"]
gateway = ["203.0.113.1", "2001:db8:1::1"]
)";
  start(before);
  for (const char* own : {"192.168.1.1", "192.168.1.3"}) EXPECT_TRUE(host("home-1").pings(address(own))) << own;
  for (const char* own : {"203.0.113.10", "203.0.113.11", "2001:db8:1::2", "2001:db8:1::3"})
    EXPECT_TRUE(host("isp-block").pings(address(own))) << own;
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), address("203.0.113.10"));

  // To the kernel the first was the subnet's primary address.
  auto after = before;
  after.replace(after.find("\"203.0.113.10/28\", "), std::string("\"203.0.113.10/28\", ").size(), "");
  after.replace(after.find("\"192.168.1.1/24\", "), std::string("\"192.168.1.1/24\", ").size(), "");
  write(after);
  ASSERT_TRUE(fairlead("reload").ok());
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.3")));
  EXPECT_TRUE(host("isp-block").pings(address("203.0.113.11")));
  EXPECT_FALSE(host("isp-block").pings(address("203.0.113.10"), 300ms));
}

TEST_F(FactsLinks, AnAddressWithinAnothersSubnetHoldsNothingUp) {
  start(three_uplinks);
  // As DHCPv6 sets one beside what an advertisement gave, or an administrator a second one.
  for (const char* own : {"100.64.1.77/32", "2001:db8:1::77/128"})
    static_cast<void>(on_router({"ip", "address", "add", own, "dev", "eth1", "nodad"}));
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  expect_without("cable2");
}

}  // namespace
}  // namespace fairlead
