// A host with both families keeps surfing while an uplink fails and comes back, whichever way the LAN has its IPv6.
#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "delegating_provider.hpp"
#include "router_fixture.hpp"
#include "slaac_host.hpp"

namespace fairlead {
namespace {

using lab_test::Delegating;
using lab_test::SlaacHost;

class DualStack : public RouterLab {
 protected:
  static bool opens(const lab::Host& from, Family family) {
    auto stream = from.connect({server(1, family), lab::who_port}, lab::in(400ms));
    return stream && stream->receive_all(lab::in(400ms));
  }
  static bool surfs(const SlaacHost& from) { return opens(from.host(), Family::v4) && opens(from.host(), Family::v6); }

  /// New connections go on within a second of a cut, and when the uplink is back.
  void surf_through_failure_of(
      const std::string& uplink, const SlaacHost& from, const std::function<void()>& mended = [] {}) {
    ASSERT_TRUE(lab::wait_until([&] { return surfs(from); }, lab::in(20s)));
    ASSERT_TRUE(lab_->cut(uplink));
    EXPECT_TRUE(lab::wait_until([&] { return surfs(from); }, lab::in(1s)));
    for (int n = 0; n < 20; ++n) EXPECT_TRUE(surfs(from)) << n;
    EXPECT_TRUE(from.has_default_route());
    ASSERT_TRUE(lab_->restore(uplink));
    mended();
    while (state_of(uplink) != "up" && !HasFailure()) EXPECT_TRUE(surfs(from)) << "while it comes back";
    for (int n = 0; n < 20; ++n) EXPECT_TRUE(surfs(from)) << n;
  }
};

TEST_F(DualStack, WithAStablePrefixThatIsTranslated) {
  start(R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
prefix_translation = true
prefix = "2001:db8:310::/56"
[wan.cable2]
interface = "eth2"
prefix_translation = true
prefix = "2001:db8:320::/56"
)");
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  std::set<std::string> seen;
  for (int n = 0; n < 4; ++n)
    seen.insert(seen_by_tcp(home.host(), server(1, Family::v6)).value_or(IpAddress{}).to_text().substr(0, 12));
  EXPECT_THAT(seen, testing::ElementsAre("2001:db8:310", "2001:db8:320"));
  surf_through_failure_of("cable1", home);
  EXPECT_EQ(home.address_in("fd00:1:"), "preferred") << "the host has noticed nothing";
}

TEST_F(DualStack, WithAStablePrefixBehindOneAddressOfEachUplink) {
  start(three_uplinks);
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  surf_through_failure_of("cable1", home);
}

TEST_F(DualStack, WithPrefixesThatTwoProvidersDelegate) {
  build(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
address = "dhcp"
delegate = "home"
[wan.cable2]
interface = "eth2"
address = "dhcp"
delegate = "home"
)");
  const Delegating one{.uplink = "cable1", .number = 1, .pool = "2001:db8:4000::", .valid = 7200};
  const Delegating two{.uplink = "cable2", .number = 2, .pool = "2001:db8:5000::", .valid = 7200};
  const auto first = lab_test::start_delegating(*lab_, one);
  const auto second = lab_test::start_delegating(*lab_, two);
  start_router();
  for (const auto* uplink : {"cable1", "cable2"})
    ASSERT_TRUE(lab::wait_until([&] { return state_of(uplink) == "up"; }, lab::in(20s))) << uplink;
  ASSERT_NO_FATAL_FAILURE(lab_test::route_to_customer(*lab_, one, "eth1"));
  ASSERT_NO_FATAL_FAILURE(lab_test::route_to_customer(*lab_, two, "eth2"));
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("2001:db8:4000:", "preferred", 20s));
  ASSERT_TRUE(home.comes_to("2001:db8:5000:", "preferred", 20s));

  ASSERT_TRUE(lab_->cut("cable1"));
  EXPECT_TRUE(home.comes_to("2001:db8:4000:", "deprecated"));
  EXPECT_EQ(home.address_in("2001:db8:5000:"), "preferred");
  EXPECT_TRUE(lab_->restore("cable1"));
  ASSERT_NO_FATAL_FAILURE(lab_test::route_to_customer(*lab_, one, "eth1"));
  EXPECT_TRUE(home.comes_to("2001:db8:4000:", "preferred", 30s)) << "it comes back with its uplink";

  surf_through_failure_of("cable2", home, [&] { lab_test::route_to_customer(*lab_, two, "eth2"); });
  EXPECT_TRUE(home.comes_to("2001:db8:5000:", "preferred"));
}

}  // namespace
}  // namespace fairlead
