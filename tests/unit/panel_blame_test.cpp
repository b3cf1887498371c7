// Whose fault it is: servers, targets and providers that fail for all, and refusals, are not an uplink's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "panel_simulation.hpp"

namespace fairlead::health {
namespace {

HealthConfig with(std::vector<ProbeConfig> probes) {
  HealthConfig config;
  config.probes = std::move(probes);
  return config;
}

const ProbeConfig tcp{ProbeConfig::Kind::tcp, 80, "", ""};
const ProbeConfig http{ProbeConfig::Kind::http, 0, "http://example.org/", ""};

bool is_http(const Ask& ask) { return ask.probe && ask.probe->kind == ProbeConfig::Kind::http; }

TEST(PanelBlame, AWebServerThatDiesForAllIsNobodysFault) {
  Simulation lab(3, with({{}, http}));
  lab.run(10s);
  lab.fails = is_http;
  lab.run(60s);
  for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.changes(id), 0);
  EXPECT_TRUE(lab.undecided());
  EXPECT_EQ(lab.undecided_why(), "no target answers http://example.org/");
  lab.patience = 1ms;
  lab.run(2s);
  EXPECT_TRUE(lab.undecided());
  EXPECT_EQ(lab.undecided_why(), "no answer") << "what the probe told";
}

TEST(PanelBlame, WhileAWebServerIsDeadABlackholeIsFound) {
  Simulation lab(3, with({{}, http}));
  lab.run(10s);
  lab.fails = is_http;
  lab.run(10s);
  lab.world = all_but([](auto id, const auto& target) { return id == 2 && target; });
  lab.run(3s);
  EXPECT_EQ(lab.verdict(2), Verdict::down);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(5s);
  EXPECT_EQ(lab.verdict(2), Verdict::up);
}

TEST(PanelBlame, WhileAWebServerIsDeadLossIsFound) {
  Simulation lab(3, with({{}, http}));
  int count = 0;
  lab.fails = [&](const Ask& ask) { return is_http(ask) || (ask.uplink.value == 1 && ++count * 3 % 10 < 4); };
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::degraded) << lab.quality(1).loss;
  EXPECT_EQ(lab.verdict(2), Verdict::up);
}

TEST(PanelBlame, OneThatAloneIsAskedOverHttpIsJudgedByIt) {
  Simulation lab(2);
  lab.change(2, [](Subject& subject) { subject.config.probes = {{}, http}; });
  lab.run(10s);
  lab.fails = is_http;
  lab.run(3s);
  EXPECT_EQ(lab.verdict(2), Verdict::down) << "a portal";
  EXPECT_FALSE(lab.undecided());
}

TEST(PanelBlame, OneDeadTargetOfThreeChangesNothingHoweverSoonAnUplinkIsDown) {
  for (const int down_after : {1, 2}) {
    HealthConfig config;
    config.down_after = down_after;
    Simulation lab(3, config);
    lab.world = all_but([](auto, const auto& target) { return target == three_targets[2]; });
    lab.run(60s);
    for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.changes(id), 0) << down_after;
    lab.world = all_but([](auto id, const auto& target) { return id == 1 || target == three_targets[2]; });
    lab.run(2s);
    EXPECT_EQ(lab.verdict(1), Verdict::down) << down_after;
  }
}

TEST(PanelBlame, AUrlsNameIsAskedOfEveryTarget) {
  Simulation lab(3, with({http}));
  lab.world = all_but([](auto, const auto& target) { return target == three_targets[0]; });
  lab.run(30s);
  EXPECT_FALSE(lab.undecided());
  for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.changes(id), 0);
  lab.world = all_but([](auto id, const auto& target) { return id == 1 || target == three_targets[0]; });
  lab.run(2s);
  EXPECT_EQ(lab.verdict(1), Verdict::down);
}

/// A refusal comes at once.
class PanelRefusals : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Found, PanelRefusals, testing::Bool(), [](const auto& whether) {
  return whether.param ? "WhileItWasSuspectedAnyway" : "OutOfTheBlue";
});
TEST_P(PanelRefusals, HalfASecondAreAHiccup) {
  for (auto phase = 0ms; phase < 500ms; phase += 20ms) {
    Simulation lab(2, with({tcp}));
    lab.patience = 1ms;
    lab.run(10s + phase);
    lab.world = all_but([](auto id, const auto& target) { return id == 1 && target; });
    if (GetParam()) lab.suspect(1);
    lab.run(520ms);
    lab.world = all_but([](auto, const auto&) { return false; });
    lab.run(2s);
    EXPECT_EQ(lab.changes(1), 0) << phase.count();
    lab.world = all_but([](auto id, const auto& target) { return id == 1 && target; });
    lab.run(1500ms);
    EXPECT_EQ(lab.verdict(1), Verdict::down) << phase.count();
  }
}

TEST(PanelBlame, WhatIsLostWhileNoTargetAnswersAnybodyIsNobodysLoss) {
  Simulation lab(3);
  lab.run(30s);
  lab.world = all_but([](auto, const auto& target) { return target.has_value(); });
  lab.run(12s);
  ASSERT_TRUE(lab.undecided());
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(60s);
  EXPECT_FALSE(lab.undecided());
  for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.changes(id), 0) << lab.quality(id).loss;
}

TEST(PanelBlame, WhereNothingCanBeAskedNothingIsUndecided) {
  Simulation lab(2);
  lab.run(10s);
  lab.world = all_but([](auto, const auto& target) { return target.has_value(); });
  lab.run(10s);
  ASSERT_TRUE(lab.undecided());
  lab.usable(1, false);
  EXPECT_TRUE(lab.undecided());
  lab.usable(2, false);
  EXPECT_FALSE(lab.undecided()) << "all cables are cut";
}

}  // namespace
}  // namespace fairlead::health
