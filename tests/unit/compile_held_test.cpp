// Which uplinks take new connections while some are held, or have an address that is not proven.
#include "three_uplinks.hpp"

namespace fairlead {
namespace {

class CompileHeld : public ThreeUplinks {
 protected:
  CompileHeld()
      : ThreeUplinks(R"(
[[policy]]
protocol = "udp"
use = ["a", "b"]
otherwise = "reject"
[[policy]]
protocol = "icmp"
use = ["a", "b"]
otherwise = "any"
)") {}

  [[nodiscard]] compile::Compiled with(const std::map<UplinkId, Verdict>& verdicts) const {
    Health health;
    for (const auto& [id, verdict] : verdicts) health.uplinks[id] = {verdict, "x"};
    return compiled(health);
  }
  static std::vector<UplinkId> active(const compile::Compiled& compiled) {
    std::vector<UplinkId> found;
    for (const auto* uplink : compile::active_uplinks(compiled.uplinks, Family::v4)) found.push_back(uplink->id);
    return found;
  }
};

using Ids = std::vector<UplinkId>;

TEST_F(CompileHeld, AnyOtherIsTakenFirstAlsoOfAWorseTier) {
  EXPECT_EQ(active(with({{a, Verdict::held}})), Ids{b});
  EXPECT_EQ(active(with({{a, Verdict::held}, {b, Verdict::degraded}})), Ids{b});
  EXPECT_EQ(active(with({{a, Verdict::held}, {b, Verdict::down}})), Ids{c});
  EXPECT_EQ(active(with({{a, Verdict::held}, {b, Verdict::draining}, {c, Verdict::degraded}})), Ids{c});
}

TEST_F(CompileHeld, ItIsTheLastResort) {
  EXPECT_EQ(active(with({{a, Verdict::held}, {b, Verdict::down}, {c, Verdict::down}})), Ids{a});
  EXPECT_EQ(active(with({{a, Verdict::held}, {b, Verdict::held}, {c, Verdict::down}})), (Ids{a, b}));
  EXPECT_EQ(active(with({{a, Verdict::down}, {b, Verdict::held}, {c, Verdict::held}})), Ids{b}) << "the better tier";
}

TEST_F(CompileHeld, APolicyUsesItRatherThanRefuse) {
  const std::string rejecting = "prefer4_1_2_else_reject";
  EXPECT_EQ(only_rule(with({{a, Verdict::held}}), rejecting), "goto mark_2");
  EXPECT_EQ(only_rule(with({{a, Verdict::held}, {b, Verdict::down}}), rejecting), "goto mark_1");
  EXPECT_EQ(only_rule(with({{a, Verdict::down}, {b, Verdict::down}}), rejecting), "goto refuse_policy");
  EXPECT_EQ(only_rule(with({{a, Verdict::held}, {b, Verdict::down}}), "prefer4_1_2_else_any"), "goto balance4")
      << "others are better";
}

TEST_F(CompileHeld, AnAddressThatIsNotProvenIsNotUsed) {
  Health health;
  health.uplinks[a].unproven = {true, false};
  const auto doubted = compiled(health);
  EXPECT_EQ(active(doubted), Ids{b});
  EXPECT_TRUE(doubted.uplinks.front().path(Family::v4).ready) << "it can be probed";
}

}  // namespace
}  // namespace fairlead
