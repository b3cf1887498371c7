// A device that the file does not name, such as a VPN's, with routes and rules of its own (docs/kernel.md, "Routes
// and rules of others").
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

class ForeignRoutes : public RouterLab {
 protected:
  /// eth9 leads straight to the internet's host, which would see whatever comes that way untranslated.
  void SetUp() override {
    build(three_uplinks);
    static_cast<void>(on_router({"ip", "link", "add", "eth9", "type", "veth", "peer", "name", "tunnel", "netns",
                                 host("internet").network_namespace()}));
    static_cast<void>(on_router({"ip", "address", "add", "10.9.0.2/24", "dev", "eth9"}));
    static_cast<void>(on_router({"ip", "link", "set", "eth9", "up"}));
    for (const lab::Command& command :
         {lab::Command{"ip", "address", "add", "10.9.0.1/24", "dev", "tunnel"},
          {"ip", "address", "add", "10.99.0.1/32", "dev", "lo"},
          {"ip", "link", "set", "tunnel", "up"},
          {"ip", "route", "replace", "192.168.1.0/24", "via", "10.9.0.2", "dev", "tunnel"}})
      ASSERT_TRUE(host("internet").must_run(command));
  }
  [[nodiscard]] std::string foreign() const {
    return on_router({"ip", "-4", "route", "show", "dev", "eth9", "table", "all"});
  }
  void expect_balanced(const std::string& from) const {
    EXPECT_THAT(shares(host(from), 90, server(1)),
                UnorderedElementsAre(Pair("cable1", 50), Pair("cable2", 30), Pair("lte", 10)))
        << from;
  }
};

TEST_F(ForeignRoutes, ADefaultRouteElsewhereIsLeftAloneAndNotUsed) {
  static_cast<void>(on_router({"ip", "route", "add", "default", "via", "10.9.0.1", "dev", "eth9"}));
  const auto before = foreign();
  ASSERT_THAT(before, HasSubstr("default via 10.9.0.1"));
  start_router();
  expect_balanced("home-1");
  expect_balanced("router");
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_EQ(foreign(), before);
  for (const auto& wan : config_.wans) ASSERT_TRUE(lab_->cut(wan.name));
  for (const auto& wan : config_.wans) ASSERT_TRUE(wait_for_state(wan.name, "down"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), std::nullopt) << "not even then does the LAN leak into it";
  EXPECT_EQ(seen_by_tcp(host("router"), server(1)), std::nullopt);
  EXPECT_EQ(foreign(), before);
  EXPECT_TRUE(fairlead("down").ok());
  EXPECT_EQ(foreign(), before);
  EXPECT_EQ(seen_by_tcp(host("router"), server(1)), address("10.9.0.2")) << "now it is what it was before";
}

TEST_F(ForeignRoutes, AMoreSpecificRouteIsUsedUntranslated) {
  static_cast<void>(on_router({"ip", "route", "add", "10.99.0.0/16", "via", "10.9.0.1", "dev", "eth9"}));
  start_router();
  EXPECT_EQ(seen_by_tcp(host("home-1"), address("10.99.0.1")), address("192.168.1.101"));
  EXPECT_EQ(seen_by_tcp(host("router"), address("10.99.0.1")), address("10.9.0.2"));
  expect_balanced("home-1");
}

TEST_F(ForeignRoutes, RulesBeforeOursWinAndRulesAfterThemWait) {
  static_cast<void>(on_router({"ip", "route", "add", "default", "via", "10.9.0.1", "dev", "eth9", "table", "99"}));
  static_cast<void>(on_router({"ip", "rule", "add", "pref", "100", "from", "192.168.1.102", "lookup", "99"}));
  static_cast<void>(on_router({"ip", "rule", "add", "pref", "25000", "from", "192.168.1.101", "lookup", "99"}));
  start_router();
  EXPECT_EQ(seen_by_tcp(host("home-2"), server(1)), address("192.168.1.102")) << "through the tunnel, untranslated";
  EXPECT_THAT(on_router({"conntrack", "-L", "-s", "192.168.1.102"}), HasSubstr("mark=0 ")) << "no uplink's connection";
  expect_balanced("home-1");
  for (const auto& wan : config_.wans) ASSERT_TRUE(lab_->cut(wan.name));
  for (const auto& wan : config_.wans) ASSERT_TRUE(wait_for_state(wan.name, "down"));
  EXPECT_EQ(seen_by_tcp(host("home-2"), server(1)), address("192.168.1.102"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), std::nullopt) << "ours end with \"unreachable\"";
  EXPECT_TRUE(fairlead("down").ok());
  EXPECT_THAT(on_router({"ip", "rule"}), HasSubstr("25000:\tfrom 192.168.1.101 lookup 99"));
  EXPECT_THAT(on_router({"ip", "rule"}), HasSubstr("100:\tfrom 192.168.1.102 lookup 99"));
}

}  // namespace
}  // namespace fairlead
