// A policy that wants the quickest uplink follows the order of latencies, among the uplinks that are in use.
#include "three_uplinks.hpp"

namespace fairlead {
namespace {

class CompileLatency : public ThreeUplinks {
 protected:
  CompileLatency()
      : ThreeUplinks(R"(
[[policy]]
protocol = "udp"
use = "lowest-latency"
)") {}

  /// The chain that the policy leads to.
  [[nodiscard]] std::string choice(const Health& health) const {
    return only_rule(compiled(health), "quickest4_else_any");
  }
};

TEST_F(CompileLatency, TheQuickestIsTaken) {
  EXPECT_EQ(choice({{}, {b, a, c}}), "goto mark_2");
  EXPECT_EQ(choice({{}, {a, b, c}}), "goto mark_1");
}

TEST_F(CompileLatency, AWorseTierIsNotTakenHoweverQuick) {
  EXPECT_EQ(choice({{}, {c, b, a}}), "goto mark_2");
  EXPECT_EQ(choice({{{a, {Verdict::down, "x"}}, {b, {Verdict::down, "x"}}}, {c, b, a}}), "goto mark_3");
}

TEST_F(CompileLatency, OneThatIsDegradedOrDrainedIsNotTaken) {
  EXPECT_EQ(choice({{{b, {Verdict::degraded, "x"}}}, {b, a, c}}), "goto mark_1");
  EXPECT_EQ(choice({{{b, {Verdict::draining, "x"}}}, {b, a, c}}), "goto mark_1");
}

TEST_F(CompileLatency, NothingIsKnownAtTheStart) { EXPECT_EQ(choice({}), "goto mark_1"); }

TEST_F(CompileLatency, WithoutAnyUplinkTheBalanceRefuses) {
  EXPECT_EQ(choice({{{a, {Verdict::down, "x"}}, {b, {Verdict::down, "x"}}, {c, {Verdict::down, "x"}}}, {a, b, c}}),
            "goto balance4");
}

}  // namespace
}  // namespace fairlead
