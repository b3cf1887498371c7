// Uplinks that must prove themselves: after flapping, with a lease that is new, and after a restart of the router.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "panel_simulation.hpp"

namespace fairlead::health {
namespace {

/// Up for too short a time, three times in a row.
void flap(Simulation& lab, std::uint8_t id) {
  for (int n = 0; n < 3; ++n) {
    lab.usable(id, false);
    lab.run(500ms);
    lab.usable(id, true);
    lab.run(4s);
  }
}

TEST(PanelReturn, OneThatFlapsIsHeldWhileItAnswers) {
  Simulation lab(2);
  lab.run(10s);
  flap(lab, 1);
  EXPECT_EQ(lab.verdict(1), Verdict::held);
  EXPECT_THAT(lab.health(1).why, testing::HasSubstr("it flaps (latest failure: no carrier)"));
  ASSERT_TRUE(lab.held_until(1));
  EXPECT_GT(*lab.held_until(1), lab.now() + 50s);
  EXPECT_LE(*lab.held_until(1), lab.now() + 60s);
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

TEST(PanelReturn, OneThatIsHeldAndFailsIsDownAndNotHeldForLonger) {
  Simulation lab(2);
  lab.run(10s);
  flap(lab, 1);
  ASSERT_EQ(lab.verdict(1), Verdict::held);
  const auto until = lab.held_until(1);
  lab.world = all_but([](auto id, const auto&) { return id == 1; });
  lab.run(3s);
  EXPECT_EQ(lab.verdict(1), Verdict::down);
  EXPECT_EQ(lab.health(1).why, "no target answers");
  lab.world = all_but([](auto, const auto&) { return false; });
  lab.run(4s);
  EXPECT_EQ(lab.verdict(1), Verdict::held);
  EXPECT_EQ(lab.held_until(1), until);
}

TEST(PanelReturn, OneThatFlapsIsHeldAlsoWhereNothingIsProbed) {
  HealthConfig config;
  config.probes.clear();
  Simulation lab(2, config);
  lab.run(10s);
  flap(lab, 1);
  EXPECT_EQ(lab.verdict(1), Verdict::held);
  lab.run(60s);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

Subject over_ipv6(UplinkId id) {
  Subject subject{id, {}, {*IpAddress::parse("2606:4700:4700::1111")}, true, true, ""};
  subject.leased = true;
  subject.sources = {std::nullopt, IpAddress::parse("2001:db8::1")};
  return subject;
}

/// What the daemon asks once there is IPv4: targets of IPv4 only.
void lend(Subject& subject) {
  subject.sources[0] = IpAddress::parse("100.64.1.2");
  subject.targets = three_targets;
}

constexpr std::array neither{false, false};
constexpr std::array only_ipv4{true, false};

TEST(PanelReturn, ALeaseThatComesToIpv6MustProveItselfAndIpv6StaysInUse) {
  Simulation lab(2);
  lab.change(1, [](Subject& subject) { subject = over_ipv6(subject.id); });
  lab.run(5s);
  lab.change(1, lend);
  EXPECT_EQ(lab.health(1).unproven, only_ipv4);
  EXPECT_EQ(lab.verdict(1), Verdict::up);
  lab.run(30ms);
  EXPECT_EQ(lab.health(1).unproven, neither) << "one round trip of 20 ms";
  EXPECT_EQ(lab.changes(1), 0);
}

TEST(PanelReturn, ALeaseWithNothingBehindItIsNeverBelieved) {
  Simulation lab(2);
  lab.change(1, [](Subject& subject) { subject = over_ipv6(subject.id); });
  lab.run(5s);
  lab.world = all_but([](auto id, const auto& target) { return id == 1 && target; });
  lab.change(1, lend);
  lab.run(1s);
  EXPECT_EQ(lab.health(1).unproven, only_ipv4);
  lab.run(10s);
  EXPECT_EQ(lab.verdict(1), Verdict::down);
}

TEST(PanelReturn, ALeaseIsBelievedByItsGatewayWhereNoTargetAnswersAnywhere) {
  Simulation lab(2);
  lab.change(1, [](Subject& subject) { subject = over_ipv6(subject.id); });
  lab.run(5s);
  lab.world = all_but([](auto, const auto& target) { return target.has_value(); });
  lab.change(1, lend);
  lab.run(5s);
  EXPECT_EQ(lab.health(1).unproven, neither);
}

TEST(PanelReturn, ALeaseIsBelievedWhereNothingIsProbed) {
  Simulation lab(1);
  lab.change(1, [](Subject& subject) {
    subject = over_ipv6(subject.id);
    subject.config.probes.clear();
  });
  lab.change(1, lend);
  EXPECT_EQ(lab.health(1).unproven, neither);
}

TEST(PanelReturn, AnAddressThatIsNotLentIsBelieved) {
  Simulation lab(2);
  lab.change(1, [](Subject& subject) {
    subject = over_ipv6(subject.id);
    subject.leased = false;
  });
  lab.run(5s);
  lab.change(1, lend);
  EXPECT_EQ(lab.health(1).unproven, neither);
}

TEST(PanelReturn, OneThatWasDownBeforeARestartIsOutUntilItsFirstAnswer) {
  Simulation lab(3, {}, true, {UplinkId{1}, UplinkId{2}});
  EXPECT_EQ(lab.verdict(1), Verdict::down);
  EXPECT_THAT(lab.health(1).why, testing::HasSubstr("was found to be down before"));
  EXPECT_EQ(lab.verdict(3), Verdict::up);
  lab.world = all_but([](auto id, const auto& target) { return id == 1 && target; });
  lab.run(30ms);
  EXPECT_EQ(lab.verdict(2), Verdict::up) << "one round trip of 20 ms";
  lab.run(30s);
  EXPECT_EQ(lab.verdict(1), Verdict::down);
  EXPECT_EQ(lab.verdict(3), Verdict::up);
}

TEST(PanelReturn, WhereNothingIsProbedOneThatWasDownIsUp) {
  HealthConfig config;
  config.probes.clear();
  Simulation lab(1, config, true, {UplinkId{1}});
  EXPECT_EQ(lab.verdict(1), Verdict::up);
}

}  // namespace
}  // namespace fairlead::health
