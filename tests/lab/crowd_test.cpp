// A crowd of long-lived connections: it tells the living from the dead, and how long each was without data.
#include <gmock/gmock.h>

#include "lab/crowd.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

const std::string one_uplink = R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
[health]
connections = "keep"
)";

class CrowdOnALab : public RouterLab {
 protected:
  void SetUp() override {
    start(one_uplink);
    if (HasFatalFailure()) return;
    ASSERT_TRUE(wait_for_state("cable1", "up"));
    auto crowd = lab::Crowd::start(host("home-1"), lab::CrowdTargets::at(server(1)), {.each = 50});
    ASSERT_TRUE(crowd) << crowd.error().message;
    crowd_ = std::move(*crowd);
  }
  std::unique_ptr<lab::Crowd> crowd_;
};

TEST_F(CrowdOnALab, EveryHabitLivesOverACalmLine) {
  ASSERT_TRUE(lab::wait_until([&] { return server_->accepted() == 200; }, lab::in(5s)));
  const auto report = crowd_->finish(10s);
  EXPECT_EQ(report.opened(), 200);
  EXPECT_EQ(report.alive(), 200) << testing::PrintToString(report.deaths);
  for (const auto habit : lab::habits) {
    EXPECT_EQ(report.of(habit).opened, 50) << to_text(habit);
    EXPECT_LT(report.of(habit).longest_pause, 400ms) << to_text(habit);
  }
}

TEST_F(CrowdOnALab, ABreakIsAPauseOfAllThatSpeak) {
  const auto begun = lab::Clock::now();
  ASSERT_TRUE(host("isp-cable1")
                  .must_run({"nft", "-f", "-"},
                            "table inet break { chain f { type filter hook forward priority 0; drop; }; }"));
  EXPECT_FALSE(lab::wait_ready(-1, 0, lab::in(600ms)));
  ASSERT_TRUE(host("isp-cable1").must_run({"nft", "delete", "table", "inet", "break"}));
  const auto broken = lab::Clock::now() - begun;
  const auto report = crowd_->finish(20s);
  EXPECT_EQ(report.alive(), 200) << testing::PrintToString(report.deaths);
  for (const auto habit : {lab::Habit::download, lab::Habit::upload, lab::Habit::exchange}) {
    EXPECT_GE(report.of(habit).longest_pause, 550ms) << to_text(habit);
    EXPECT_LT(report.of(habit).longest_pause, broken + 3s) << to_text(habit);
  }
  EXPECT_LT(report.of(lab::Habit::idle).longest_pause, 500ms) << "it said nothing meanwhile";
}

TEST_F(CrowdOnALab, TheDeadAreCounted) {
  // Who loses them all: the server itself.
  server_.reset();
  ASSERT_TRUE(lab::wait_until([&] { return crowd_->ended() == 200; }, lab::in(10s)));
  const auto report = crowd_->finish(1s);
  EXPECT_EQ(report.opened(), 200);
  EXPECT_EQ(report.alive(), 0);
  EXPECT_FALSE(report.deaths.empty());
}

TEST_F(CrowdOnALab, WhatIsLostOnTheWayIsDead) {
  ASSERT_TRUE(lab_->cut("cable1"));
  const auto report = crowd_->finish(1s);
  EXPECT_EQ(report.alive(), 0) << "half-open connections do not count";
  EXPECT_THAT(report.deaths, testing::Contains(HasSubstr("no data passed")));
}

}  // namespace
}  // namespace fairlead
