// sys/netlink against a kernel: each object there and back, with ip(8) as an independent witness.
#include "sys/netlink/apply.hpp"
#include "sys/netlink/observe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "namespace_fixture.hpp"

namespace fairlead {
namespace {

using lab_test::ip;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
Prefix prefix(const char* text) { return Prefix::parse(text).value(); }

Nexthop hop(const char* link, const char* gateway, int weight = 1, bool onlink = false) {
  return {.link = link,
          .gateway = gateway == nullptr ? std::nullopt : IpAddress::parse(gateway),
          .weight = weight,
          .onlink = onlink};
}

class NetlinkTest : public lab_test::NamespaceTest {
 protected:
  void SetUp() override {
    lab_test::NamespaceTest::SetUp();
    // Two devices with carrier; their other ends are in the same namespace, where nothing listens.
    ip("link add wan1 type veth peer name far1");
    ip("link add wan2 type veth peer name far2");
    for (const char* link : {"lo", "wan1", "far1", "wan2", "far2"}) ip(std::string("link set up dev ") + link);
    ip("addr add 10.1.0.2/24 dev wan1");
    ip("addr add 10.2.0.2/24 dev wan2");
    ip("addr add 2001:db8:1::2/64 dev wan1 nodad");
    ip("addr add 2001:db8:2::2/64 dev wan2 nodad");
    socket_.emplace(netlink::Socket::open().value());
  }

  void apply(const Step& step) {
    const auto done = netlink::apply(*socket_, step);
    ASSERT_TRUE(done) << done.error().message;
  }
  ObservedState state() { return netlink::observe_state(*socket_, {"wan1", "wan2"}).value(); }
  Facts facts() { return netlink::observe_facts(*socket_).value(); }

  /// Add, the same again, seen as it was meant, remove, the same again, gone.
  template <typename Object>
  void there_and_back(const Object& object, std::vector<Object> ObservedState::* list) {
    SCOPED_TRACE(to_text(object));
    apply(Add<Object>{object});
    apply(Add<Object>{object});
    EXPECT_THAT(state().*list, ElementsAre(object));
    apply(Remove<Object>{object});
    apply(Remove<Object>{object});
    EXPECT_THAT(state().*list, IsEmpty());
  }
  void route_there_and_back(const RouteState& route) { there_and_back(route, &ObservedState::routes); }
  void rule_there_and_back(const RuleState& rule) { there_and_back(rule, &ObservedState::rules); }

  std::optional<netlink::Socket> socket_;
};

TEST_F(NetlinkTest, BridgesAndTheirPorts) {
  there_and_back(DeviceState{"br-home", "", 0, ""}, &ObservedState::devices);
  apply(Add<DeviceState>{{"br-home", "", 0, ""}});
  EXPECT_THAT(ip("link show dev br-home"), HasSubstr("UP")) << "up from the beginning";
  there_and_back(PortState{"wan1", "br-home"}, &ObservedState::ports);
  apply(Add<PortState>{{"wan1", "br-home"}});
  EXPECT_THAT(ip("link show dev wan1"), HasSubstr("master br-home"));
}

TEST_F(NetlinkTest, DevicesOfOthersServeAndStay) {
  ip("link add br-home type bridge");
  EXPECT_THAT(state().devices, IsEmpty());
  EXPECT_THAT(state().foreign_devices, ElementsAre(DeviceState{"br-home", "", 0, ""}));
  apply(Add<DeviceState>{{"br-home", "", 0, ""}});
  apply(Remove<DeviceState>{{"br-home", "", 0, ""}});
  EXPECT_THAT(ip("link show dev br-home"), HasSubstr("br-home"));
  const auto refused = netlink::apply(*socket_, Add<DeviceState>{{"wan1", "", 0, ""}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("there is another device wan1 already"));
}

TEST_F(NetlinkTest, LinksGoUpAndDown) {
  apply(SetLinkUp{"wan1", false});
  EXPECT_THAT(state().links_up, ElementsAre("wan2"));
  EXPECT_FALSE(facts().link("wan1")->up);
  EXPECT_FALSE(facts().link("far1")->carrier);
  apply(SetLinkUp{"wan1", true});
  apply(SetLinkUp{"wan1", true});
  EXPECT_THAT(state().links_up, ElementsAre("wan1", "wan2"));
  const auto missing = netlink::apply(*socket_, SetLinkUp{"wan9", true});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("wan9 does not exist"));
}

TEST_F(NetlinkTest, AddressesThereAndBack) {
  there_and_back(AddressState{"wan1", prefix("192.0.2.9/24")}, &ObservedState::addresses);
  there_and_back(AddressState{"wan1", prefix("192.0.2.9/31")}, &ObservedState::addresses);
  there_and_back(AddressState{"wan2", prefix("2001:db8:77::9/64")}, &ObservedState::addresses);
}

TEST_F(NetlinkTest, AddressesAreOursUsableAtOnceAndWithoutPrefixRoute) {
  apply(Add<AddressState>{{"wan1", prefix("192.0.2.9/24")}});
  apply(Add<AddressState>{{"wan1", prefix("2001:db8:77::9/64")}});
  const auto seen = facts();
  for (const char* text : {"192.0.2.9/24", "2001:db8:77::9/64"}) {
    EXPECT_THAT(seen.addresses, Contains(AddressFact{"wan1", prefix(text), true, true, true}));
  }
  EXPECT_THAT(ip("-4 addr show dev wan1"), HasSubstr("192.0.2.9/24 brd 192.0.2.255"));
  EXPECT_THAT(ip("-4 route show"), Not(HasSubstr("192.0.2.0/24")));
  EXPECT_THAT(ip("-6 route show"), Not(HasSubstr("2001:db8:77::/64")));
}

TEST_F(NetlinkTest, ForeignAddressesSatisfyAndSurvive) {
  const AddressState foreign{"wan1", prefix("10.1.0.2/24")};
  const AddressState foreign6{"wan1", prefix("2001:db8:1::2/64")};
  for (const auto& object : {foreign, foreign6}) {
    apply(Add<AddressState>{object});
    EXPECT_THAT(state().addresses, IsEmpty());
    apply(Remove<AddressState>{object});
    EXPECT_THAT(state().foreign_addresses, Contains(object));
  }
}

TEST_F(NetlinkTest, RoutesThereAndBack) {
  const TableId table{7001};
  route_there_and_back({table, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.1.0.1")}});
  route_there_and_back({table, prefix("0.0.0.0/0"), 10, address("10.1.0.2"), {hop("wan1", "10.1.0.1")}});
  route_there_and_back({table, prefix("0.0.0.0/0"), 10, {}, {hop("wan1", "10.77.0.1", 1, true)}});
  route_there_and_back({table, prefix("10.1.0.0/24"), 0, address("10.1.0.2"), {hop("wan1", nullptr)}});
  route_there_and_back({table, prefix("0.0.0.0/0"), 5, {}, {hop("wan1", "2001:db8:1::1")}});
  route_there_and_back({table, prefix("0.0.0.0/0"), ours::unreachable_metric, {}, {}});
  route_there_and_back({TableId{254}, prefix("10.1.0.0/24"), 7, address("10.1.0.2"), {hop("wan1", nullptr)}});
  route_there_and_back({table, prefix("::/0"), 0, {}, {hop("wan1", "2001:db8:1::1")}});
  route_there_and_back({table, prefix("::/0"), 10, address("2001:db8:1::2"), {hop("wan1", "fe80::1")}});
  route_there_and_back({table, prefix("::/0"), 10, {}, {hop("wan1", "2001:db8:99::1", 1, true)}});
  route_there_and_back({table, prefix("2001:db8:1::/64"), 0, {}, {hop("wan1", nullptr)}});
  route_there_and_back({table, prefix("::/0"), ours::unreachable_metric, {}, {}});
}

TEST_F(NetlinkTest, MultipathRoutesThereAndBack) {
  const TableId table{ours::table_base};
  route_there_and_back({table, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.1.0.1", 5), hop("wan2", "10.2.0.1", 256)}});
  route_there_and_back({table, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", nullptr, 2), hop("wan2", "10.2.0.1", 3)}});
  route_there_and_back({table, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", nullptr, 2), hop("wan2", nullptr, 3)}});
  route_there_and_back(
      {table, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.9.0.1", 2, true), hop("wan2", "10.9.0.1", 3, true)}});
  route_there_and_back(
      {table, prefix("::/0"), 0, {}, {hop("wan1", "2001:db8:1::1", 5), hop("wan2", "2001:db8:2::1", 3)}});
  route_there_and_back({table, prefix("::/0"), 0, {}, {hop("wan1", "fe80::1", 5), hop("wan2", "fe80::1", 3)}});
  route_there_and_back({table, prefix("::/0"), 0, {}, {hop("wan1", nullptr, 5), hop("wan2", nullptr, 3)}});
  route_there_and_back({table, prefix("::/0"), 0, {}, {hop("wan1", nullptr, 5), hop("wan2", "fe80::1", 3)}});
}

TEST_F(NetlinkTest, ReplaceLeavesExactlyTheNewRoute) {
  const auto series = [](const char* destination, std::array<const char*, 3> gateways) {
    const auto route = [&](std::vector<Nexthop> hops) {
      return RouteState{TableId{ours::table_base}, prefix(destination), 20, {}, std::move(hops)};
    };
    return std::vector{
        route({hop("wan1", gateways[0])}),
        route({hop("wan1", gateways[0], 3), hop("wan1", gateways[1], 2), hop("wan2", gateways[2], 1)}),
        route({hop("wan1", gateways[1], 4), hop("wan2", gateways[2], 1)}),
        route({hop("wan2", gateways[2])}),
        route({}),
        route({hop("wan1", gateways[0], 3), hop("wan2", gateways[2], 1)}),
        route({hop("wan1", nullptr)}),
        route({hop("wan1", gateways[0], 3), hop("wan2", gateways[2], 1)}),
        route({}),
        route({hop("wan1", nullptr)}),
        route({hop("wan1", nullptr, 2), hop("wan2", nullptr, 3)}),
        route({hop("wan2", nullptr)}),
        route({hop("wan1", gateways[0])}),
    };
  };
  for (const auto& routes : {series("0.0.0.0/0", {"10.1.0.1", "10.1.0.9", "10.2.0.1"}),
                             series("::/0", {"2001:db8:1::1", "2001:db8:1::9", "2001:db8:2::1"})}) {
    apply(Add<RouteState>{routes.front()});
    for (std::size_t i = 1; i < routes.size(); ++i) {
      SCOPED_TRACE(to_text(routes[i]));
      for (int twice = 0; twice < 2; ++twice) {
        apply(ReplaceRoute{routes[i - 1], routes[i]});
        ASSERT_THAT(state().routes, ElementsAre(routes[i])) << ip("-6 route show table 7000");
      }
    }
    apply(Remove<RouteState>{routes.back()});
  }
}

TEST_F(NetlinkTest, RemovalTakesOnlyTheExactMetric) {
  for (const char* destination : {"0.0.0.0/0", "::/0"}) {
    const bool v4 = prefix(destination).family() == Family::v4;
    const RouteState kept{TableId{7001}, prefix(destination), 10, {}, {hop("wan1", v4 ? "10.1.0.1" : "2001:db8:1::1")}};
    RouteState never = kept;
    never.metric = 0;
    apply(Add<RouteState>{kept});
    apply(Remove<RouteState>{never});
    EXPECT_THAT(state().routes, ElementsAre(kept));
    apply(Remove<RouteState>{kept});
  }
}

TEST_F(NetlinkTest, AddBesideADifferentRouteOfTheSameIdentityIsAnError) {
  const RouteState route{TableId{7001}, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.1.0.1")}};
  RouteState other = route;
  other.nexthops = {hop("wan2", "10.2.0.1")};
  apply(Add<RouteState>{route});
  const auto done = netlink::apply(*socket_, Add<RouteState>{other});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("File exists"));
}

TEST_F(NetlinkTest, KernelWordsAreInTheError) {
  const RouteState route{TableId{7001}, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.99.0.1")}};
  const auto done = netlink::apply(*socket_, Add<RouteState>{route});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("Nexthop has invalid gateway"));
}

TEST_F(NetlinkTest, RulesThereAndBack) {
  for (const Family family : families) {
    const auto rule = [&](auto change) {
      RuleState state;
      state.family = family;
      state.priority = 20100;
      state.table = TableId{7003};
      change(state);
      return state;
    };
    rule_there_and_back(rule([](RuleState&) {}));
    rule_there_and_back(rule([](RuleState& it) {
      it.priority = 20000;
      it.table = TableId{254};
      it.suppress_default = true;
    }));
    rule_there_and_back(rule([](RuleState& it) { it.output_link = "not-there-yet"; }));
    rule_there_and_back(rule([](RuleState& it) {
      it.mark = 0x03000000;
      it.mark_mask = 0x7f000000;
    }));
    rule_there_and_back(rule([](RuleState& it) {
      it.mark = 0;
      it.mark_mask = 0x7f000000;
      it.table.reset();
      it.go_to = 20900;
    }));
    rule_there_and_back(
        rule([&](RuleState& it) { it.source = prefix(family == Family::v4 ? "10.1.0.2/32" : "2001:db8:1::2/128"); }));
  }
}

TEST_F(NetlinkTest, RemovalTakesOnlyTheExactRule) {
  RuleState marked;
  marked.priority = 20100;
  marked.table = TableId{7001};
  marked.mark = 0x01000000;
  marked.mark_mask = 0x7f000000;
  RuleState general = marked;
  general.mark.reset();
  general.mark_mask = 0;
  apply(Add<RuleState>{marked});
  apply(Remove<RuleState>{general});
  EXPECT_THAT(state().rules, ElementsAre(marked));
}

TEST_F(NetlinkTest, ForeignThingsAreInvisibleAndUntouched) {
  ip("route add default via 10.1.0.1 dev wan1 table 7001");
  ip("route add 198.51.100.0/24 via 10.1.0.1 dev wan1 proto 70 table 99");
  ip("rule add pref 20100 fwmark 1 table 7001");
  ip("rule add pref 30000 fwmark 1 table 7001 protocol 70");
  const std::string before = ip("route show table all") + ip("rule show");
  EXPECT_THAT(state().routes, IsEmpty());
  EXPECT_THAT(state().rules, IsEmpty());
  apply(Remove<RouteState>{{TableId{7001}, prefix("0.0.0.0/0"), 0, {}, {hop("wan1", "10.1.0.1")}}});
  RuleState rule;
  rule.priority = 20100;
  rule.mark = 1;
  rule.mark_mask = 0xffffffff;
  rule.table = TableId{7001};
  apply(Remove<RuleState>{rule});
  EXPECT_EQ(before, ip("route show table all") + ip("rule show"));
}

TEST_F(NetlinkTest, FactsHoldTheMainTableOfOthers) {
  ip("route add default proto dhcp metric 100 nexthop via 10.1.0.1 dev wan1 nexthop via 10.2.0.1 dev wan2 weight 3");
  ip("route add default via 10.2.0.1 dev wan2 metric 200");
  ip("-6 route add default via fe80::1 dev wan1 metric 300");
  ip("route add unreachable 203.0.113.0/24");
  ip("route add 203.0.113.0/25 via 10.1.0.1 table 99");
  apply(Add<RouteState>{{TableId{254}, prefix("198.51.100.0/24"), 0, {}, {hop("wan1", nullptr)}}});

  std::vector<RouteFact> defaults;
  for (const auto& route : facts().routes) {
    EXPECT_NE(route.destination.network().to_text(), "203.0.113.0/24");
    EXPECT_NE(route.destination.to_text(), "198.51.100.0/24");
    if (route.destination.length == 0) defaults.push_back(route);
  }
  EXPECT_THAT(defaults, ElementsAre(RouteFact{prefix("0.0.0.0/0"), "wan1", address("10.1.0.1"), 100},
                                    RouteFact{prefix("0.0.0.0/0"), "wan2", address("10.2.0.1"), 100},
                                    RouteFact{prefix("0.0.0.0/0"), "wan2", address("10.2.0.1"), 200},
                                    RouteFact{prefix("::/0"), "wan1", address("fe80::1"), 300}));
  ip("link set down dev wan2");
  for (const auto& route : facts().routes) EXPECT_NE(route.link, "wan2");
}

TEST_F(NetlinkTest, FactsTellTentativeAndLinkLocalAddresses) {
  ip("addr add 2001:db8:5::5/64 dev wan1 preferred_lft 0");
  ip("addr add fe80::5/64 dev wan1 nodad");
  EXPECT_THAT(facts().addresses, Contains(AddressFact{"wan1", prefix("2001:db8:5::5/64"), true, false, false}));
  EXPECT_THAT(facts().addresses, Contains(AddressFact{"wan1", prefix("fe80::5/64"), false, true, false}));
  EXPECT_THAT(facts().addresses, Contains(AddressFact{"lo", prefix("127.0.0.1/8"), false, true, false}));
}

}  // namespace
}  // namespace fairlead
