// Uplinks that must prove themselves: held ones are the last resort, a new lease has to reach something, and what was
// down before a restart is not used after it.
#include <gmock/gmock.h>

#include "health_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class HealthReturn : public HealthLab {
 protected:
  /// Up for too short a time, again and again.
  void flap(const std::string& uplink) {
    for (const auto* then : {"up", "up", "held"}) {
      ASSERT_TRUE(lab_->cut(uplink));
      ASSERT_TRUE(wait_for_state(uplink, "down"));
      ASSERT_TRUE(lab_->restore(uplink));
      ASSERT_TRUE(wait_for_state(uplink, then)) << why(uplink);
    }
  }
};

TEST_F(HealthReturn, OneThatFlapsIsTheLastResortUntilItIsCalm) {
  start(three_uplinks + "tier = 2\n[health]\ndampen = \"20s\"\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  ASSERT_NO_FATAL_FAILURE(flap("cable1"));
  EXPECT_THAT(why("cable1"), testing::AllOf(HasSubstr("it flaps"), HasSubstr("last resort until 20")));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"cable2", 3}}));
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"lte", 3}})) << "a worse tier that is calm is better";
  ASSERT_TRUE(lab_->cut("lte"));
  ASSERT_TRUE(wait_for_state("lte", "down"));
  EXPECT_EQ(state_of("cable1"), "held");
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"cable1", 3}})) << "nothing else is there";
  EXPECT_FALSE(status().at("conditions").dump().contains("no-uplink"));
  ASSERT_TRUE(lab::wait_until([&] { return state_of("cable1") == "up"; }, lab::in(30s))) << why("cable1");
}

TEST_F(HealthReturn, OneThatIsHeldAloneFailsAndReturnsLikeAnyOther) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(lab_->cut("lte"));
  ASSERT_NO_FATAL_FAILURE(flap("cable1"));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"cable1", 3}}));
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_TRUE(status().at("conditions").dump().contains("no-uplink"));
  ASSERT_TRUE(lab_->restore("lte"));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  EXPECT_EQ(shares(host("home-1"), 2, server(1)), (Shares{{"lte", 2}}));
}

TEST_F(HealthReturn, ALeaseThatReachesNothingIsNotUsedThoughIpv6IsThere) {
  build(R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable]
interface = "eth1"
address = "dhcp"
[wan.lte]
interface = "eth2"
[health]
targets = ["192.0.2.2", "192.0.2.3", "gateway"]
)");
  auto only_ipv6 = lab::offer_of(*lab_->topology().host("isp-cable"));
  const auto both = only_ipv6;
  only_ipv6.lends.reset();
  ASSERT_TRUE(lab_->serve("cable", only_ipv6));
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return uplink("cable")["ipv6"]["usable"] == true; }, lab::in(30s)))
      << lab_->server_log("cable");
  break_uplink("cable", {});
  ASSERT_EQ(state_of("cable"), "up") << "its gateway is all that can be asked";
  ASSERT_TRUE(lab_->serve("cable", both));
  bool used = false;
  ASSERT_TRUE(lab::wait_until(
      [&] {
        const auto now = uplink("cable");
        used |= now["ipv4"]["usable"] == true;
        return now["state"] == "down" && now["ipv4"]["address"] != "";
      },
      lab::in(60s)))
      << lab_->server_log("cable");
  EXPECT_FALSE(used);
  ASSERT_TRUE(lab_->restore("cable"));
  ASSERT_TRUE(wait_for_state("cable", "up"));
  EXPECT_EQ(uplink("cable")["ipv4"]["usable"], true);
}

TEST_F(HealthReturn, WhatWasDownBeforeARestartIsNotUsedUntilItAnswers) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  break_uplink("cable1", {});
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  for (const int signal : {SIGTERM, SIGKILL}) {
    ASSERT_NO_FATAL_FAILURE(kill_router(signal));
    start_router();
    ASSERT_EQ(state_of("cable1"), "down");
    EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"cable2", 3}, {"lte", 1}}));
  }
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGTERM));
  ASSERT_TRUE(lab_->restore("cable1"));
  start_router();
  EXPECT_TRUE(lab::wait_until([&] { return state_of("cable1") == "up"; }, lab::in(2s))) << "its first answer is enough";
}

}  // namespace
}  // namespace fairlead
