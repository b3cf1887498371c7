#include "core/pair/election.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairlead::pair {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Wish ready{};

/// One router of a pair, with the lower priority, and a clock that stands still. In the beginning all is well, and the
/// other one is active.
class Standby : public testing::Test {
 protected:
  Standby() {
    known.carrier = true;
    known.usable = 2;
    known.priority = 100;
    known.other = Other{.active = true, .usable = 2, .outranks = true, .on_lan = true};
  }
  Wish decide() { return election.decide(known, now); }
  Wish after(std::chrono::milliseconds time) {
    now += time;
    return decide();
  }
  /// Until when it wants to be asked again.
  [[nodiscard]] std::optional<std::chrono::milliseconds> next() const {
    if (!election.next()) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(*election.next() - now);
  }

  Election election;
  Known known;
  Time now{24h};
};

class Active : public Standby {
 protected:
  Active() {
    known.master = true;
    known.priority = 150;
    known.other->active = known.other->outranks = false;
  }
};

TEST_F(Standby, AllIsWell) {
  EXPECT_EQ(decide(), ready);
  EXPECT_FALSE(next());
  known.other.reset();
  EXPECT_EQ(decide(), ready) << "alone";
  known.usable = 0;
  EXPECT_EQ(decide(), ready) << "alone without uplinks: the LAN still needs a router";
}

TEST_F(Standby, TakesNoRoleFromAnActiveOneThatItHasNotSeenOnTheLan) {
  known.other->on_lan = false;
  EXPECT_EQ(decide(), (Wish{out_of_service, "the other router is active, and not seen on the LAN yet"}));
  EXPECT_TRUE(election.looks_for_the_other());
  EXPECT_EQ(after(1h).offset, out_of_service) << "the LAN is cut, and has a router";
  known.other->on_lan = true;
  EXPECT_EQ(decide(), ready);
  EXPECT_FALSE(election.looks_for_the_other());
  known.other->on_lan = false;
  EXPECT_EQ(decide(), ready) << "from now on silence means something";
}

TEST_F(Standby, SilenceMeansNothingAfterItsCableWasUnplugged) {
  EXPECT_EQ(decide(), ready);
  known.carrier = known.other->on_lan = false;
  EXPECT_EQ(decide(), ready) << "VRRP sees it by itself";
  known.carrier = true;
  EXPECT_EQ(decide().offset, out_of_service) << "the port of the switch may pass nothing yet";
  known.other->on_lan = true;
  EXPECT_EQ(decide(), ready);
}

TEST_F(Standby, WaitsAMomentForTheCableWhenItStarts) {
  const auto other = std::exchange(known.other, std::nullopt);
  EXPECT_EQ(decide(), (Wish{out_of_service, "it has just started, and does not hear the other router yet"}));
  EXPECT_EQ(next(), 2s);
  EXPECT_EQ(after(2s), ready) << "it is alone";

  Election fresh;
  EXPECT_NE(fresh.decide(known, now), ready);
  known.other = other;
  EXPECT_EQ(fresh.decide(known, now), ready);
  known.other.reset();
  EXPECT_EQ(fresh.decide(known, now), ready) << "it has heard it once";
}

TEST_F(Standby, TakesTheRoleOfOneThatItHasNeverSeenOnTheLan) {
  known.other->on_lan = false;
  auto others_end = [&](auto change) {
    Election fresh;
    EXPECT_NE(fresh.decide(known, now), ready);
    auto later = known;
    change(later);
    return fresh.decide(later, now);
  };
  EXPECT_EQ(others_end([](Known& later) { later.other.reset(); }), ready);
  EXPECT_EQ(others_end([](Known& later) { later.other->active = false; }), ready);
  EXPECT_EQ(others_end([](Known& later) { later.other->gives_way = true; }), ready);
}

TEST_F(Active, MaintenanceComesBeforeEverything) {
  known.maintenance = true;
  EXPECT_EQ(decide(), (Wish{out_of_service, "maintenance"}));
  known.usable = 0;
  EXPECT_EQ(decide().why, "maintenance");
  known.other.reset();
  EXPECT_EQ(decide().offset, out_of_service) << "the administrator had been told";
  known.maintenance = false;
  EXPECT_EQ(decide(), ready);
}

TEST_F(Active, HandsOverUntilTheOtherOneHasBeenActiveForAMoment) {
  election.hand_over(now);
  EXPECT_EQ(decide(), (Wish{out_of_service, "handed over by hand"}));
  EXPECT_EQ(next(), 10s);
  known.master = false;
  known.other->active = true;
  EXPECT_EQ(after(100ms).offset, out_of_service);
  EXPECT_EQ(next(), 300ms);
  EXPECT_EQ(after(299ms).offset, out_of_service);
  EXPECT_EQ(after(1ms), ready);
  EXPECT_FALSE(next());
}

TEST_F(Active, AHandOverThatNobodyTakesEnds) {
  election.hand_over(now);
  decide();
  EXPECT_EQ(after(9999ms).offset, out_of_service);
  EXPECT_EQ(after(1ms), ready);
}

TEST_F(Active, AHandOverEndsAtOnceWhenTheOtherOneGoes) {
  for (const bool silent : {true, false}) {
    known.other = Other{.usable = 2};
    election.hand_over(now);
    EXPECT_EQ(decide().offset, out_of_service);
    if (silent)
      known.other.reset();
    else
      known.other->gives_way = true;
    EXPECT_EQ(after(10ms), ready) << silent;
  }
}

TEST_F(Active, OneThatBlinksHasNotTakenTheRole) {
  election.hand_over(now);
  known.other->active = true;
  decide();
  known.other->active = false;
  EXPECT_EQ(after(200ms).offset, out_of_service);
  known.other->active = true;
  EXPECT_EQ(after(200ms).offset, out_of_service);
  EXPECT_EQ(after(299ms).offset, out_of_service);
  EXPECT_EQ(after(1ms), ready);
}

TEST_F(Active, WhatIsHandedOverByHandIsNotTakenBackByItself) {
  known.preempt = {true, 0ms};
  decide();
  election.hand_over(now);
  decide();
  known.master = false;
  known.other->active = true;
  decide();
  EXPECT_EQ(after(1h), (Wish{1 - 150, ""}));
  EXPECT_FALSE(next());
  // The other one has failed, and returns: as ever.
  known.master = true;
  known.other.reset();
  EXPECT_EQ(after(1s), ready);
  known.other = Other{.usable = 2};
  known.master = false;
  decide();
  EXPECT_EQ(after(5s), ready) << "preempts again";
}

TEST_F(Active, TakesBackWhatItHandedOver) {
  known.preempt = {true, 0ms};
  decide();
  election.hand_over(now);
  decide();
  known.master = false;
  known.other->active = true;
  decide();
  EXPECT_EQ(after(1min), (Wish{1 - 150, ""}));
  election.take_back();
  EXPECT_EQ(decide(), ready);
}

TEST_F(Active, WithoutUplinksItYieldsToOneThatKnowsItsOwn) {
  known.usable = 0;
  known.other->judged = true;
  EXPECT_EQ(decide(), (Wish{out_of_service, "no uplink works here, and 2 there"}));
  known.master = false;
  known.other->active = true;
  EXPECT_EQ(after(1h).offset, out_of_service);
  known.usable = 1;
  EXPECT_EQ(decide(), ready);
}

TEST_F(Active, DoesNotYieldToOneThatIsNotBetter) {
  known.usable = 0;
  known.other->judged = true;
  known.other->usable = 0;
  EXPECT_EQ(decide(), ready);
  known.other->usable = 2;
  known.other->gives_way = true;
  EXPECT_EQ(decide(), ready) << "both would give way, and nobody would forward";
  known.other->gives_way = false;
  known.usable = 1;
  EXPECT_EQ(decide(), ready) << "one that works is enough";
}

TEST_F(Active, GuessesThatWereWrongBecomeRarer) {
  known.usable = 0;
  std::chrono::seconds pause = 60s;
  for (int guess = 0; guess < 9; ++guess) {
    known.other->usable = 2;
    known.master = true;
    ASSERT_EQ(decide().offset, out_of_service) << "guess " << guess;
    // There it turns out that nothing works either; the role may come back.
    known.other->usable = 0;
    EXPECT_EQ(after(1s), ready);
    known.other->usable = 1;
    EXPECT_EQ(decide(), ready) << "guess " << guess;
    EXPECT_EQ(next(), pause - 1s) << "guess " << guess;
    EXPECT_EQ(after(pause - 1001ms), ready);
    now += 1ms;
    pause = std::min<std::chrono::seconds>(pause * 2, 1h);
  }
  known.other->judged = true;
  decide();
  known.other->usable = 0;
  decide();
  known.other->usable = 1;
  EXPECT_EQ(decide().offset, out_of_service) << "what it has judged is no guess";
}

TEST_F(Active, AGuessThatWasRightMayBeRepeatedAtOnce) {
  for (int guess = 0; guess < 3; ++guess) {
    known.usable = 0;
    known.master = true;
    known.other->usable = 2;
    known.other->active = known.other->judged = false;
    ASSERT_EQ(decide().offset, out_of_service) << "guess " << guess;
    // There everything works; and then the role comes back for another reason.
    known.master = false;
    known.other->active = known.other->judged = true;
    decide();
    EXPECT_EQ(next(), 5s);
    known.usable = 2;
    after(5s);
  }
}

TEST_F(Standby, OfTwoThatAreActiveTheLowerPriorityConcedes) {
  known.master = true;
  EXPECT_EQ(decide(), ready);
  EXPECT_EQ(next(), 2s);
  EXPECT_EQ(after(1999ms), ready) << "while a role moves both may believe that they have it";
  EXPECT_FALSE(election.concedes());
  const auto wish = after(1ms);
  EXPECT_EQ(wish.offset, out_of_service);
  EXPECT_THAT(wish.why, HasSubstr("active as well"));
  EXPECT_TRUE(election.concedes());
}

TEST_F(Active, OfTwoThatAreActiveTheHigherPriorityStays) {
  known.other->active = true;
  decide();
  EXPECT_EQ(after(1h), ready);
  EXPECT_FALSE(election.concedes());
}

TEST_F(Standby, ABlinkIsNoSplit) {
  known.master = true;
  decide();
  known.master = false;
  EXPECT_EQ(after(1s), ready);
  known.master = true;
  EXPECT_EQ(after(1s), ready);
  EXPECT_EQ(after(1999ms), ready) << "counted anew";
}

TEST_F(Standby, ConcedesUntilTheLanIsWholeOrTheOtherOneGoes) {
  known.master = true;
  known.other->on_lan = false;
  decide();
  ASSERT_EQ(after(2s).offset, out_of_service);
  known.master = false;
  EXPECT_EQ(after(1h).offset, out_of_service) << "the LAN is cut";
  EXPECT_FALSE(next());
  known.other->on_lan = true;
  EXPECT_EQ(decide(), ready);
  EXPECT_FALSE(election.concedes());

  known.master = true;
  known.other->on_lan = false;
  decide();
  ASSERT_EQ(after(2s).offset, out_of_service);
  known.master = false;
  auto other = std::exchange(known.other, std::nullopt);
  EXPECT_EQ(after(1s), ready) << "the other one is silent";
  known.other = other;
  known.other->active = false;
  EXPECT_EQ(decide(), ready) << "the other one has given the role up";
}

/// A LAN that lets neighbour discovery through, and no VRRP.
TEST_F(Standby, ConcessionsInVainBecomeLonger) {
  std::chrono::seconds concession = 2s;
  for (int number = 0; number < 13; ++number) {
    known.master = true;
    decide();
    ASSERT_EQ(after(2s).offset, out_of_service) << number;
    known.master = false;
    EXPECT_EQ(decide().offset, out_of_service) << "at first it stays out though it hears the other one";
    EXPECT_EQ(next(), concession) << number;
    EXPECT_EQ(after(concession - 1ms).offset, out_of_service) << number;
    EXPECT_EQ(after(1ms), ready) << number;
    concession = std::min<std::chrono::seconds>(concession * 2, 1h);
  }
  now += 2min;
  known.master = true;
  decide();
  after(2s);
  known.master = false;
  decide();
  EXPECT_EQ(next(), 2s) << "that is another story";
}

TEST_F(Standby, WithoutPreemptionItDoesNotAsk) {
  EXPECT_EQ(after(1h), ready) << "keepalived itself leaves the role where it is";
}

TEST_F(Standby, PreemptsWhenItHasCaughtUp) {
  known.priority = 150;
  known.other->outranks = false;
  known.preempt = {true, 0ms};
  EXPECT_EQ(decide(), (Wish{1 - 150, ""})) << "still there if the other one dies";
  EXPECT_EQ(next(), 5s) << "connections and leases are copied first";
  EXPECT_EQ(after(4999ms).offset, 1 - 150);
  EXPECT_EQ(after(1ms), ready);
}

TEST_F(Standby, PreemptsAfterTheTimeOfTheFile) {
  known.priority = 150;
  known.preempt = {true, 60s};
  decide();
  EXPECT_EQ(next(), 60s);
  EXPECT_EQ(after(59999ms).offset, 1 - 150);
  EXPECT_EQ(after(1ms), ready);
}

TEST_F(Standby, PreemptsOnlyWhileItHearsTheOtherOne) {
  known.priority = 150;
  known.preempt = {true, 10s};
  decide();
  const auto other = std::exchange(known.other, std::nullopt);
  EXPECT_EQ(after(9s), (Wish{1 - 150, ""})) << "nothing is copied";
  EXPECT_EQ(after(1h).offset, 1 - 150);
  EXPECT_FALSE(next());
  known.other = other;
  EXPECT_EQ(decide().offset, 1 - 150);
  EXPECT_EQ(next(), 10s) << "counted from when it is heard again";
  EXPECT_EQ(after(10s), ready);
}

TEST_F(Active, KeepsTheRoleAtItsFullPriorityWhoeverIsHeard) {
  known.preempt = {true, 60s};
  EXPECT_EQ(decide(), ready);
  known.other.reset();
  EXPECT_EQ(decide(), ready);
  known.other = Other{.usable = 2};
  EXPECT_EQ(decide(), ready);
  EXPECT_FALSE(next());
}

}  // namespace
}  // namespace fairlead::pair
