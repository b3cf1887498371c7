// What takes its time: flapping, slow lines, and that nothing happens. Runs beside other tests: it mostly waits.
#include <gmock/gmock.h>

#include "health_fixture.hpp"

namespace fairlead {
namespace {

class HealthOverTime : public HealthLab {
 protected:
  /// Events of the uplink until the deadline that change its state; from down to held and back does not touch those who
  /// have other uplinks.
  static int changes_until(LineReader& lines, const std::string& uplink, lab::Deadline deadline) {
    const auto is_out = [](const std::string& state) { return state == "down" || state == "held"; };
    int changes = 0;
    while (const auto line = lines.next(deadline)) {
      const auto event = nlohmann::json::parse(*line, nullptr, false);
      if (event.value("kind", "") != "uplink" || event.value("name", "") != uplink) continue;
      const auto before = event.value("before", "");
      const auto after = event.value("after", "");
      if (before != after && !(is_out(before) && is_out(after))) ++changes;
    }
    return changes;
  }
};

TEST_F(HealthOverTime, AFlapOfHalfAHertzForAMinuteIsDampened) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  auto child = monitor();
  LineReader lines(child.out());
  ASSERT_TRUE(lines.find("\"lte\"", lab::in(5s)));
  int changes = 0;
  const auto begun = lab::Clock::now();
  for (int half_period = 0; half_period < 60; ++half_period) {
    ASSERT_TRUE(half_period % 2 == 0 ? lab_->cut("cable1") : lab_->restore("cable1"));
    changes += changes_until(lines, "cable1", begun + (half_period + 1) * 1s);
  }
  EXPECT_GE(changes, 1);
  EXPECT_LE(changes, 4);
}

/// Up for longer than it takes to prove itself: the damping proper.
TEST_F(HealthOverTime, AFlapThatIsSlowEnoughToBeBelievedIsDampened) {
  start(three_uplinks + "[health]\ninterval = \"200ms\"\nup_after = 2\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  auto child = monitor();
  LineReader lines(child.out());
  ASSERT_TRUE(lines.find("\"lte\"", lab::in(5s)));
  int changes = 0;
  const auto begun = lab::Clock::now();
  for (int half_period = 0; half_period < 30; ++half_period) {
    ASSERT_TRUE(half_period % 2 == 0 ? lab_->cut("cable1") : lab_->restore("cable1"));
    changes += changes_until(lines, "cable1", begun + (half_period + 1) * 1s);
  }
  EXPECT_GE(changes, 3) << "it was believed at first";
  EXPECT_LE(changes, 5);
}

TEST_F(HealthOverTime, OneDeadTargetOfThreeChangesNothing) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  auto child = monitor();
  LineReader lines(child.out());
  ASSERT_TRUE(lines.find("\"lte\"", lab::in(5s)));
  ASSERT_TRUE(host("internet").must_run({"ip", "address", "del", "1.1.1.1/32", "dev", "lo"}));
  for (const auto* uplink : {"cable1", "cable2", "lte"})
    EXPECT_EQ(changes_until(lines, uplink, lab::in(4s)), 0) << uplink;
  for (const auto* uplink : {"cable1", "cable2", "lte"}) EXPECT_EQ(state_of(uplink), "up") << uplink;
}

TEST_F(HealthOverTime, ALineThatIsTooSlowIsUsedLastAndComesBack) {
  start(three_uplinks + "[health]\ninterval = \"200ms\"\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  break_uplink("cable1", {.kind = lab::Fault::Kind::delay, .delay = 800ms});
  auto child = monitor();
  LineReader lines(child.out());
  const auto event = lines.find("\"after\":\"degraded\"", lab::in(40s));
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->contains("\"name\":\"cable1\"")) << *event;
  EXPECT_TRUE(event->contains("latency")) << *event;
  EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"cable2", 3}, {"lte", 1}}));
  ASSERT_TRUE(lab_->restore("cable1"));
  ASSERT_TRUE(lab::wait_until([&] { return state_of("cable1") == "up"; }, lab::in(40s)));
}

const std::string quickest_for_udp = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.one]
interface = "eth1"
[wan.two]
interface = "eth2"
[[policy]]
protocol = "udp"
use = "lowest-latency"
)";

TEST_F(HealthOverTime, APolicyByLatencyFollowsTheQuickestUplink) {
  start(quickest_for_udp);
  ASSERT_NO_FATAL_FAILURE(ready());
  const auto goes_over = [&](const std::string& uplink) {
    return lab::wait_until([&] { return uplink_of(seen_by_udp(host("home-1"), server(1))) == uplink; }, lab::in(30s));
  };
  break_uplink("one", {.kind = lab::Fault::Kind::delay, .delay = 100ms});
  EXPECT_TRUE(goes_over("two"));
  for (int n = 0; n < 4; ++n) EXPECT_EQ(uplink_of(seen_by_udp(host("home-1"), server(1))), "two");
  EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"one", 2}, {"two", 2}})) << "TCP is balanced as before";
  ASSERT_TRUE(lab_->restore("one"));
  break_uplink("two", {.kind = lab::Fault::Kind::delay, .delay = 100ms});
  EXPECT_TRUE(goes_over("one"));
}

}  // namespace
}  // namespace fairlead
