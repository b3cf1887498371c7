// Split brain: the routers of a pair that cannot hear one another on the LAN, over the cable between them, or at all.
#include "pair_roles_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

class PairSplitOverTime : public PairRoles {
 protected:
  /// The LAN is cut between the routers, and no port loses its carrier.
  void cut_lan_between() const {
    std::vector<std::string> ports;
    for (const auto* router : {"left", "right"})
      for (const auto& end : lab_->topology().far_ends(router))
        if (end.host == "sw-home") ports.push_back(end.interface);
    ASSERT_EQ(ports.size(), 2U);
    const auto rule = [](const std::string& from, const std::string& to) {
      return "add rule bridge cut pass iifname " + from + " oifname " + to + " drop\n";
    };
    ASSERT_TRUE(host("sw-home").must_run({"nft", "-f", "-"},
                                         "add table bridge cut\n"
                                         "add chain bridge cut pass { type filter hook forward priority 0; }\n" +
                                             rule(ports[0], ports[1]) + rule(ports[1], ports[0])));
  }
  void mend_lan() const { ASSERT_TRUE(host("sw-home").must_run({"nft", "delete", "table", "bridge", "cut"})); }
  [[nodiscard]] bool both_have_the_addresses() const {
    return lab::wait_until(
        [&] { return lab::holders_of(*lab_, address("192.168.1.1")) == std::vector<std::string>{"left", "right"}; },
        lab::in(5s));
  }
  /// As the LAN would after any packet to the router: an entry for its address.
  void touch_router() const { (void)host("home-1").pings(address("192.168.1.1")); }
};

TEST_F(PairSplitOverTime, TheCableBetweenThemIsCut) {
  ASSERT_NO_FATAL_FAILURE(start_pair(pair_of_two_uplinks));
  ASSERT_TRUE(has_conditions("left", {}));
  ASSERT_TRUE(lab_->cut("sync"));
  for (const auto* router : {"left", "right"}) EXPECT_TRUE(has_conditions(router, {"peer-silent"}));
  EXPECT_THAT(fairlead("right", "pair").out, HasSubstr("the other router is not heard"));
  ASSERT_TRUE(lab_->restore("sync"));
  EXPECT_TRUE(hear_each_other());
  for (const auto* router : {"left", "right"}) EXPECT_TRUE(has_conditions(router, {}));
  EXPECT_TRUE(takes_the_role("left"));
  EXPECT_FALSE(log_of("right").contains("standby → active"));

  ASSERT_TRUE(lab_->cut("right:home"));
  EXPECT_TRUE(has_conditions("right", {"vrrp"}));
  EXPECT_TRUE(has_conditions("left", {"peer-gives-way"}));
  EXPECT_THAT(refusal("left", "yield"), HasSubstr("right does not take it: LAN home: eth0 has no carrier"));
  EXPECT_THAT(refusal("left", "maintenance"), HasSubstr("nobody would forward"));
  EXPECT_TRUE(takes_the_role("left"));
  ASSERT_TRUE(lab_->restore("right:home"));
  EXPECT_TRUE(has_conditions("left", {}));
  must("left", "yield");
  EXPECT_TRUE(takes_the_role("right")) << "it is as good as before";
}

TEST_F(PairSplitOverTime, TheLanIsCutBetweenThem) {
  ASSERT_NO_FATAL_FAILURE(start_pair(pair_of_two_uplinks));
  touch_router();
  ASSERT_NO_FATAL_FAILURE(cut_lan_between());
  EXPECT_TRUE(both_have_the_addresses());
  // Over the cable they find out.
  EXPECT_TRUE(takes_the_role("left"));
  EXPECT_TRUE(has_conditions("right", {"two-active"}));
  EXPECT_TRUE(has_conditions("left", {"peer-gives-way"}));
  ASSERT_NO_FATAL_FAILURE(mend_lan());
  for (const auto* router : {"right", "left"}) EXPECT_TRUE(has_conditions(router, {}));
  EXPECT_TRUE(home_sends_to("left", 2s));
  EXPECT_TRUE(takes_the_role("left"));

  // With the cable cut as well nobody can know.
  ASSERT_TRUE(lab_->cut("sync"));
  ASSERT_TRUE(has_conditions("right", {"peer-silent"}));
  ASSERT_NO_FATAL_FAILURE(cut_lan_between());
  EXPECT_TRUE(both_have_the_addresses());
  touch_router();
  ASSERT_NO_FATAL_FAILURE(mend_lan());
  EXPECT_TRUE(becomes_active("left"));
  EXPECT_TRUE(home_sends_to("left", 2s));
  ASSERT_TRUE(lab_->restore("sync"));
  EXPECT_TRUE(hear_each_other());
  EXPECT_TRUE(takes_the_role("left"));
  for (const auto* router : {"left", "right"}) EXPECT_TRUE(has_conditions(router, {}));
  EXPECT_TRUE(seen_by_tcp(host("home-1"), server(1)));
}

TEST_F(PairSplitOverTime, APortThatDoesNotPassFramesYetIsNoEndOfTheOther) {
  ASSERT_NO_FATAL_FAILURE(start_pair(pair_of_two_uplinks));
  crash("left");
  ASSERT_TRUE(becomes_active("right"));
  const auto before = log_of("left").size();
  ASSERT_NO_FATAL_FAILURE(cut_lan_between());
  ASSERT_NO_FATAL_FAILURE(boot("left"));
  EXPECT_TRUE(has_conditions("left", {"lan-silent"}));
  EXPECT_TRUE(has_conditions("right", {"peer-gives-way"}));
  EXPECT_THAT(refusal("right", "yield"), HasSubstr("not seen on the LAN yet"));
  EXPECT_TRUE(takes_the_role("right"));
  ASSERT_NO_FATAL_FAILURE(mend_lan());
  for (const auto* router : {"left", "right"}) EXPECT_TRUE(has_conditions(router, {}));
  EXPECT_TRUE(takes_the_role("right"));
  EXPECT_THAT(log_of("left").substr(before), Not(HasSubstr("standby → active")));
  // Its cable is plugged in again.
  ASSERT_TRUE(lab_->cut("left:home"));
  ASSERT_TRUE(has_conditions("left", {"vrrp"}));
  ASSERT_NO_FATAL_FAILURE(cut_lan_between());
  ASSERT_TRUE(lab_->restore("left:home"));
  EXPECT_TRUE(has_conditions("left", {"lan-silent"}));
  ASSERT_NO_FATAL_FAILURE(mend_lan());
  for (const auto* router : {"left", "right"}) EXPECT_TRUE(has_conditions(router, {}));
  EXPECT_THAT(log_of("left").substr(before), Not(HasSubstr("standby → active")));
  must("right", "yield");
  EXPECT_TRUE(takes_the_role("left"));
}

}  // namespace
}  // namespace fairlead
