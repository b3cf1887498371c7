// Policies: which connections they take, and what happens when their uplinks are gone.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

const std::string policies = three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = "192.168.20.1/24"

[[policy]]
name = "bank"
destination = "192.0.2.8"
protocol = "tcp"
port = [8, 443]
use = ["lte", "cable2"]

[[policy]]
name = "only"
destination = ["192.0.2.7", "2001:db8:ffff::7"]
use = "cable2"
otherwise = "reject"

[[policy]]
name = "staff"
lan = "staff"
use = ["cable2", "lte"]
balance = true

[[policy]]
name = "one host"
source = "192.168.1.102"
protocol = "udp"
use = "lte"
)";

class Policy : public RouterLab {};

TEST_F(Policy, TheFirstMatchDecidesAndTheRestIsBalanced) {
  start(policies);
  const auto home = host("home-1");
  EXPECT_THAT(shares(home, 18, server(8)), UnorderedElementsAre(Pair("lte", 18)));
  EXPECT_THAT(shares(home, 18, server(7)), UnorderedElementsAre(Pair("cable2", 18)));
  EXPECT_THAT(shares(home, 18, server(7, Family::v6)), UnorderedElementsAre(Pair("cable2", 18)));
  EXPECT_THAT(shares(home, 18, server(6)), UnorderedElementsAre(Pair("cable1", 10), Pair("cable2", 6), Pair("lte", 2)));
  EXPECT_THAT(shares(host("staff-1"), 40, server(1)), UnorderedElementsAre(Pair("cable2", 30), Pair("lte", 10)));
  EXPECT_THAT(shares(host("staff-1"), 4, server(8)), UnorderedElementsAre(Pair("lte", 4))) << "an earlier policy";
  for (int number = 0; number < 5; ++number) EXPECT_EQ(uplink_of(seen_by_udp(host("home-2"), server(1))), "lte");
}

TEST_F(Policy, AnotherProtocolOrPortDoesNotMatch) {
  start(policies);
  std::set<std::string> udp;
  for (int number = 0; number < 9; ++number) udp.insert(uplink_of(seen_by_udp(host("home-1"), server(8))));
  EXPECT_EQ(udp.size(), 3U);
}

TEST_F(Policy, UplinksAreUsedInTheirOrderAndThenOtherwise) {
  start(policies);
  const auto home = host("home-1");
  ASSERT_TRUE(lab_->cut("lte"));
  ASSERT_TRUE(wait_for_state("lte", "down"));
  EXPECT_THAT(shares(home, 9, server(8)), UnorderedElementsAre(Pair("cable2", 9)));
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_THAT(shares(home, 9, server(8)), UnorderedElementsAre(Pair("cable1", 9))) << "otherwise: any";
  const auto refused = home.connect({server(7), lab::who_port}, lab::in(3s));
  ASSERT_FALSE(refused) << "otherwise: reject";
  EXPECT_TRUE(refused.error().message.contains("refused")) << refused.error().message;
  ASSERT_TRUE(lab_->restore("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "up"));
  EXPECT_THAT(shares(home, 9, server(7)), UnorderedElementsAre(Pair("cable2", 9)));
}

/// A network behind another router of the LAN, or a VPN's: no uplink has a part in its connections, whatever was
/// chosen.
class OtherRoute : public Policy {
 protected:
  void expect_no_uplink() {
    ASSERT_TRUE(host("home-2").must_run({"ip", "address", "add", "10.8.0.1/32", "dev", "lo"}));
    ASSERT_TRUE(on_router({"ip", "route", "add", "10.8.0.0/24", "via", "192.168.1.102"}).empty());
    EXPECT_TRUE(host("home-1").pings(address("10.8.0.1")));
    EXPECT_THAT(on_router({"conntrack", "-L", "--dst", "10.8.0.1"}), testing::HasSubstr("mark=0 "));
  }
};

TEST_F(OtherRoute, ComesBeforeTheBalance) {
  start(three_uplinks);
  expect_no_uplink();
}

TEST_F(OtherRoute, ComesBeforeAPolicyThatRefuses) {
  start(policies + "[[policy]]\ndestination = \"10.8.0.0/24\"\nuse = \"cable2\"\notherwise = \"reject\"\n");
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  expect_no_uplink();
}

TEST_F(Policy, PoliciesWithoutALanHoldForTheRouterItself) {
  start(policies);
  EXPECT_THAT(shares(host("router"), 9, server(8)), UnorderedElementsAre(Pair("lte", 9)));
  EXPECT_THAT(shares(host("router"), 9, server(7, Family::v6)), UnorderedElementsAre(Pair("cable2", 9)));
}

TEST_F(Policy, TheFirstOnesComeWithAReloadWhateverTheirShape) {
  start(three_uplinks);
  write(three_uplinks + R"(
[[policy]]
source = "192.168.1.64/26"
use = "lte"
[[policy]]
destination = "192.0.2.7"
protocol = "tcp"
port = 8
use = ["cable2", "lte"]
balance = true
[[policy]]
destination = "2001:db8:ffff::/64"
use = "lte"
)");
  const auto reloaded = fairlead("reload");
  ASSERT_EQ(reloaded.status, 0) << reloaded.err;
  EXPECT_THAT(shares(host("home-1"), 9, server(6)), UnorderedElementsAre(Pair("lte", 9)));
  EXPECT_THAT(shares(host("home-1"), 3, server(6, Family::v6)), UnorderedElementsAre(Pair("lte", 3)));
  write(three_uplinks);
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_THAT(shares(host("home-1"), 9, server(6)),
              UnorderedElementsAre(Pair("cable1", 5), Pair("cable2", 3), Pair("lte", 1)));
}

}  // namespace
}  // namespace fairlead
