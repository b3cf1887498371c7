// Which uplinks take new connections while some are held, or have an address that is not proven.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/compile/compile.hpp"
#include "core/config/parse.hpp"

namespace fairlead {
namespace {

constexpr UplinkId a{1};
constexpr UplinkId b{2};
constexpr UplinkId c{3};

class CompileHeld : public testing::Test {
 protected:
  CompileHeld() {
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
use = ["a", "b"]
otherwise = "reject"
[[policy]]
protocol = "icmp"
use = ["a", "b"]
otherwise = "any"
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

  [[nodiscard]] compile::Compiled with(const std::map<UplinkId, Verdict>& verdicts) const {
    Health health;
    for (const auto& [id, verdict] : verdicts) health.uplinks[id] = {verdict, "x"};
    return compile::compile(config_, facts_, health, ids_);
  }
  static std::vector<UplinkId> active(const compile::Compiled& compiled) {
    std::vector<UplinkId> found;
    for (const auto* uplink : compile::active_uplinks(compiled.uplinks, Family::v4)) found.push_back(uplink->id);
    return found;
  }
  static std::string only_rule(const compile::Compiled& compiled, const std::string& chain) {
    const auto& rules = compiled.state.nft.chains.at(chain).rules;
    return rules.size() == 1 ? rules.front().text : "not one rule";
  }

  Config config_;
  Facts facts_;
  UplinkIds ids_;
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
  const auto compiled = compile::compile(config_, facts_, health, ids_);
  EXPECT_EQ(active(compiled), Ids{b});
  EXPECT_TRUE(compiled.uplinks.front().path(Family::v4).ready) << "it can be probed";
}

}  // namespace
}  // namespace fairlead
