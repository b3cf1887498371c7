// What fails for everybody is no uplink's fault, with real servers and packets.
#include <gmock/gmock.h>

#include "health_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class HealthBlame : public HealthLab {
 protected:
  static constexpr std::array uplinks{"cable1", "cable2", "lte"};

  /// Packets that the servers of the internet do not take, in nft's words; hear() ends it.
  void drop_at_servers(const std::string& packets) {
    ASSERT_TRUE(
        host("internet")
            .must_run({"nft", "-f", "-"}, "table inet deaf { chain arriving { type filter hook input priority 0; " +
                                              packets + " drop; }; }"));
  }
  void hear() { ASSERT_TRUE(host("internet").must_run({"nft", "delete", "table", "inet", "deaf"})); }
  [[nodiscard]] std::string undecided() const {
    const auto told = status();
    for (const auto& condition : told.at("conditions"))
      if (condition["id"] == "verdicts-undecided") return condition["why"];
    return "";
  }
  [[nodiscard]] bool wait_for_undecided(bool is) const {
    return lab::wait_until([&] { return undecided().empty() != is; }, lab::in(10s));
  }
  /// None of them is anything but up until then.
  void expect_all_up_until(lab::Deadline deadline) const {
    bool all_up = true;
    (void)lab::wait_until(
        [&] {
          for (const auto* uplink : uplinks) all_up &= state_of(uplink) == "up";
          return !all_up;
        },
        deadline);
    EXPECT_TRUE(all_up) << fairlead("status").out;
  }
};

TEST_F(HealthBlame, ADeadWebServerTakesNoUplinkDownAndHidesNoBlackhole) {
  start_with_servers(three_uplinks +
                     "[health]\nprobe = [\"icmp\", \"http://192.0.2.1/\"]\ntargets = [\"192.0.2.2\", \"192.0.2.3\"]\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  ASSERT_NO_FATAL_FAILURE(drop_at_servers("tcp dport 80"));
  ASSERT_TRUE(wait_for_undecided(true));
  EXPECT_THAT(undecided(), HasSubstr("http://192.0.2.1/"));
  expect_all_up_until(lab::in(5s));
  break_uplink("cable1", {});
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_EQ(state_of("cable2"), "up");
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_TRUE(wait_for_state("cable1", "up")) << why("cable1");
  ASSERT_NO_FATAL_FAILURE(hear());
  EXPECT_TRUE(wait_for_undecided(false));
}

TEST_F(HealthBlame, AUrlByNameFindsABlackholeThoughTheFirstTargetIsDead) {
  start_with_servers(three_uplinks +
                     "[health]\nprobe = \"http://example.org/\"\n"
                     "targets = [\"192.0.2.77\", \"192.0.2.3\", \"9.9.9.9\"]\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  expect_all_up_until(lab::in(4s));
  break_uplink("cable1", {});
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_EQ(state_of("cable2"), "up");
}

TEST_F(HealthBlame, HalfASecondOfRefusedConnectionsIsAHiccup) {
  start_with_servers(three_uplinks +
                     "[health]\nprobe = \"tcp:80\"\ntargets = [\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\"]\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  // The kernel itself ends each refusal: a busy machine makes none of them longer.
  ASSERT_TRUE(host("isp-cable1")
                  .must_run({"nft", "-f", "-"},
                            "table inet fault { set refused { type inet_service; flags timeout; }; "
                            "chain passing { type filter hook forward priority -300; "
                            "tcp dport @refused reject with tcp reset; }; }"));
  for (int n = 0; n < 4; ++n) {  // so many in a row are a loss, too, but no failure
    ASSERT_TRUE(
        host("isp-cable1").must_run({"nft", "add", "element", "inet", "fault", "refused", "{ 80 timeout 450ms }"}));
    EXPECT_FALSE(lab::wait_until([&] { return state_of("cable1") == "down"; }, lab::in(1700ms))) << why("cable1");
  }
}

TEST_F(HealthBlame, WhatIsLostWhileNoTargetAnswersAnybodyDegradesNobody) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  expect_all_up_until(lab::in(5s));
  ASSERT_NO_FATAL_FAILURE(drop_at_servers("icmp type echo-request"));
  ASSERT_TRUE(wait_for_undecided(true));
  expect_all_up_until(lab::in(10s));
  ASSERT_NO_FATAL_FAILURE(hear());
  ASSERT_TRUE(wait_for_undecided(false));
  expect_all_up_until(lab::in(10s));
}

TEST_F(HealthBlame, WhereAllCablesAreCutNothingIsUndecided) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  ASSERT_NO_FATAL_FAILURE(drop_at_servers("icmp type echo-request"));
  ASSERT_TRUE(wait_for_undecided(true));
  for (const auto* uplink : uplinks) ASSERT_TRUE(lab_->cut(uplink));
  EXPECT_TRUE(wait_for_undecided(false));
}

}  // namespace
}  // namespace fairlead
