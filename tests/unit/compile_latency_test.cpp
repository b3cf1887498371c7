// A policy that wants the quickest uplink follows the order of latencies, among the uplinks that are in use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/compile/compile.hpp"
#include "core/config/parse.hpp"

namespace fairlead {
namespace {

constexpr UplinkId a{1};
constexpr UplinkId b{2};
constexpr UplinkId c{3};

class CompileLatency : public testing::Test {
 protected:
  CompileLatency() {
    config_ = config::parse(R"(
[lan.home]
interface = "lan0"
address = "192.168.1.1/24"
[wan.a]
interface = "wan1"
address = "192.0.2.2/30"
[wan.b]
interface = "wan2"
address = "192.0.2.6/30"
[wan.c]
interface = "wan3"
address = "192.0.2.10/30"
tier = 2
[[policy]]
protocol = "udp"
use = "lowest-latency"
)")
                  .config.value();
    ids_.assign(config_);
    for (const auto* name : {"lan0", "wan1", "wan2", "wan3"}) {
      LinkFact link;
      link.name = name;
      link.up = link.carrier = true;
      facts_.links.push_back(link);
    }
  }

  /// The chain that the policy leads to.
  [[nodiscard]] std::string choice(const Health& health) const {
    const auto compiled = compile::compile(config_, facts_, health, ids_);
    const auto& rules = compiled.state.nft.chains.at("quickest4_else_any").rules;
    return rules.size() == 1 ? rules.front().text : "not one rule";
  }

  Config config_;
  Facts facts_;
  UplinkIds ids_;
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
