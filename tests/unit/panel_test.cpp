// All uplinks judged together: what makes them up, degraded and down.
#include "core/health/panel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "panel_simulation.hpp"

namespace fairlead::health {
namespace {

TEST(Panel, WhileAllIsWellOneTargetIsAskedEachRound) {
  Simulation lab(3);
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  EXPECT_LE(lab.asked(1), 121);
  EXPECT_GE(lab.asked(1), 119);
  EXPECT_EQ(lab.quality(1).latency, Micros(20'000));
  EXPECT_EQ(lab.quality(1).loss, 0);
}

TEST(Panel, ABlackholeBehindTheGatewayIsFoundWithinTwoSeconds) {
  Simulation lab(3);
  lab.run(10s);
  lab.world = all_but([](auto id, const auto& target) { return id == 2 && target; });
  lab.run(2s);
  EXPECT_EQ(lab.verdict(2), Verdict::down);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  EXPECT_EQ(lab.verdict(3), Verdict::up);
  EXPECT_EQ(lab.changes(2), 1);
}

TEST(Panel, ASuspicionFindsItInWellUnderASecond) {
  Simulation lab(3);
  lab.run(10s);
  lab.world = all_but([](auto id, const auto& target) { return id == 2 && target; });
  lab.suspect(2);
  lab.run(400ms);
  EXPECT_EQ(lab.verdict(2), Verdict::down);
}

TEST(Panel, AnUnfoundedSuspicionChangesNothingAndIsHeededMoreAndMoreSeldom) {
  Simulation lab(2);
  lab.run(10s);
  const int before = lab.asked(1);
  for (int n = 0; n < 600; ++n) {
    lab.suspect(1);
    lab.run(100ms);
  }
  EXPECT_EQ(lab.changes(1), 0);
  EXPECT_LT(lab.asked(1) - before, 120 + 10 * 4) << "a minute's rounds, and a few bursts";
}

TEST(Panel, ADeadTargetIsTheTargetsFault) {
  Simulation lab(3);
  lab.run(10s);
  lab.world = all_but([](auto, const auto& target) { return target == three_targets[1]; });
  lab.run(120s);
  for (std::uint8_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(lab.changes(id), 0);
    EXPECT_EQ(lab.quality(id).loss, 0) << "what the dead target lost is not the uplink's loss";
  }
}

TEST(Panel, WhenAllTargetsAreSilentEverywhereButTheGatewaysAnswerNothingChanges) {
  Simulation lab(3);
  lab.run(10s);
  lab.world = all_but([](auto, const auto& target) { return target.has_value(); });
  lab.run(120s);
  for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.changes(id), 0);
  EXPECT_TRUE(lab.undecided());
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(5s);
  EXPECT_FALSE(lab.undecided());
}

TEST(Panel, WhenTheGatewaysAreSilentTooAllAreDown) {
  Simulation lab(3);
  lab.run(10s);
  lab.world = all_but([](auto, const auto&) { return true; });
  lab.run(3s);
  for (std::uint8_t id = 1; id <= 3; ++id) EXPECT_EQ(lab.verdict(id), Verdict::down);
}

TEST(Panel, OneThatComesBackWhileNoTargetAnswersAnywhereIsBelievedByItsGateway) {
  Simulation lab(2);
  lab.world = all_but([](auto, const auto& target) { return target.has_value(); });
  lab.run(10s);
  lab.usable(1, false);
  lab.run(5s);
  lab.usable(1, true);
  lab.run(10s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

TEST(Panel, ADownUplinkComesBackAfterItsRounds) {
  Simulation lab(2);
  lab.run(10s);
  lab.world = all_but([](auto id, const auto& target) { return id == 1 && target; });
  lab.run(10s);
  ASSERT_EQ(lab.verdict(1), Verdict::down);
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(1500ms);
  EXPECT_EQ(lab.verdict(1), Verdict::down) << "not after the first answer";
  lab.run(2s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

TEST(Panel, AtTheStartOneAnswerIsEnough) {
  Simulation lab(2, {}, false);
  lab.run(10s);
  lab.usable(1, true);
  lab.run(600ms);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

TEST(Panel, ThirtyPerCentLossDegrades) {
  Simulation lab(3);
  int count = 0;
  lab.world = [&](std::uint8_t id, const auto&, Time) -> std::optional<Micros> {
    if (id == 1 && ++count * 3 % 10 < 3) return std::nullopt;
    return Micros(20'000);
  };
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::degraded) << lab.quality(1).loss;
  EXPECT_THAT(lab.health(1).why, testing::HasSubstr("loses more than 20 %"));
  EXPECT_EQ(lab.verdict(2), Verdict::up);
}

TEST(Panel, LatencyAboveTheLimitDegradesAndGoesAgain) {
  Simulation lab(2);
  lab.run(10s);
  lab.world = [](std::uint8_t id, const auto&, Time) -> std::optional<Micros> {
    return Micros(id == 1 ? 450'000 : 20'000);
  };
  lab.run(20s);
  EXPECT_EQ(lab.verdict(1), Verdict::degraded);
  EXPECT_THAT(lab.health(1).why, testing::HasSubstr("latency"));
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(20s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  EXPECT_EQ(lab.changes(1), 2);
}

TEST(Panel, AnswersLaterThanTheTimeoutDegradeButAreAnswers) {
  Simulation lab(2);
  lab.run(10s);
  lab.world = [](std::uint8_t id, const auto&, Time) -> std::optional<Micros> {
    return Micros(id == 1 ? 820'000 : 20'000);
  };
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::degraded);
  EXPECT_LE(lab.changes(1), 3);
}

TEST(Panel, AFlapOfHalfAHertzCausesFewChanges) {
  Simulation lab(2);
  lab.run(10s);
  for (int second = 0; second < 30; ++second) {
    lab.usable(1, false);
    lab.run(1s);
    lab.usable(1, true);
    lab.run(1s);
  }
  lab.run(10s);
  EXPECT_LE(lab.changes(1), 4);
  EXPECT_EQ(lab.verdict(1), Verdict::up) << "and is up again once it is calm";
}

TEST(Panel, OneThatFailsSoonAfterItCameBackStaysOutEverLonger) {
  Simulation lab(2);
  lab.run(10s);
  for (int cycle = 0; cycle < 30; ++cycle) {
    lab.world = all_but([](auto id, const auto&) { return id == 1; });
    lab.run(10s);
    lab.world = all_but([](auto, const auto&) { return false; });
    lab.run(10s);
  }
  EXPECT_LE(lab.outages(1), 12) << "ten minutes";
  EXPECT_GE(lab.outages(1), 3);
}

TEST(Panel, WithoutProbesOnlyFactsCount) {
  HealthConfig config;
  config.probes.clear();
  Simulation lab(2, config);
  lab.world = all_but([](auto, const auto&) { return true; });
  lab.run(60s);
  EXPECT_EQ(lab.asked(1), 0);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  lab.usable(1, false);
  EXPECT_EQ(lab.verdict(1), Verdict::down);
  lab.usable(1, true);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

TEST(Panel, EveryKindOfProbeNeedsASuccess) {
  HealthConfig config;
  config.probes = {{}, {ProbeConfig::Kind::dns, 0, "example.org", ""}};
  Simulation lab(2, config);
  lab.run(10s);
  int asks = 0;  // icmp and dns are asked alternately
  lab.world = [&](std::uint8_t id, const auto& target, Time) -> std::optional<Micros> {
    if (id == 1 && target && ++asks % 2 == 0) return std::nullopt;
    return Micros(20'000);
  };
  lab.run(5s);
  EXPECT_EQ(lab.verdict(1), Verdict::down) << "a provider that only answers pings";
}

TEST(Panel, AnotherAddressMustProveItselfWithItsFirstAnswer) {
  Simulation lab(2);
  lab.address(1, "100.64.1.2");
  lab.run(5s);
  EXPECT_EQ(lab.verdict(1), Verdict::up) << "its first address is no change";
  lab.address(1, "100.64.1.3");
  EXPECT_EQ(lab.verdict(1), Verdict::down);
  EXPECT_THAT(lab.health(1).why, testing::HasSubstr("address has changed"));
  lab.run(30ms);
  EXPECT_EQ(lab.verdict(1), Verdict::up) << "one round trip of 20 ms";
  for (int n = 0; n < 8; ++n) {
    lab.address(1, n % 2 == 0 ? "100.64.1.4" : "100.64.1.5");
    lab.run(100ms);
    EXPECT_EQ(lab.verdict(1), Verdict::up) << "it is not held to flap";
  }
  lab.world = [](auto id, const auto& target, auto) {
    return id == 1 && target ? std::nullopt : std::optional(Micros(20'000));
  };
  lab.address(1, "192.168.100.10");
  lab.run(30s);
  EXPECT_EQ(lab.verdict(1), Verdict::down) << "a modem's own: nothing answers";
  EXPECT_EQ(lab.verdict(2), Verdict::up);
}

TEST(Panel, AnotherAddressIsBelievedWhereNothingIsProbed) {
  HealthConfig config;
  config.probes.clear();
  Simulation lab(1, config);
  lab.address(1, "100.64.1.2");
  lab.address(1, "100.64.1.3");
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

}  // namespace
}  // namespace fairlead::health
