#include "core/health/latency_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairlead::health {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr UplinkId a{1};
constexpr UplinkId b{2};
constexpr UplinkId c{3};

class LatencyOrderTest : public testing::Test {
 protected:
  /// These are measured for so long, twice a second.
  void measure(std::map<UplinkId, std::optional<Micros>> latencies, std::chrono::milliseconds length) {
    for (const auto end = now_ + length; now_ < end; now_ += 500ms) order_.update(latencies, now_);
    order_.update(latencies, now_);
  }
  LatencyOrder order_;
  Time now_{};
};

TEST_F(LatencyOrderTest, TheQuickestIsFirstAndTheUnknownLast) {
  measure({{a, std::nullopt}, {b, 30ms}, {c, 10ms}}, 4s);
  EXPECT_THAT(order_.order(), ElementsAre(c, b, a));
}

TEST_F(LatencyOrderTest, AboutAsQuickIsNoReason) {
  measure({{a, 20ms}, {b, 17ms}}, 60s);
  EXPECT_THAT(order_.order(), ElementsAre(a, b)) << "less than a fifth";
  measure({{a, 3ms}, {b, 1500us}}, 60s);
  EXPECT_THAT(order_.order(), ElementsAre(a, b)) << "less than 2 ms";
  measure({{a, 20ms}, {b, 15ms}}, 4s);
  EXPECT_THAT(order_.order(), ElementsAre(b, a));
  measure({{a, 14ms}, {b, 15ms}}, 60s);
  EXPECT_THAT(order_.order(), ElementsAre(b, a)) << "nor is the way back";
}

TEST_F(LatencyOrderTest, AShortHiccupIsNoReason) {
  measure({{a, 10ms}, {b, 20ms}}, 4s);
  measure({{a, 500ms}, {b, 20ms}}, 2s);
  EXPECT_THAT(order_.order(), ElementsAre(a, b));
  measure({{a, 10ms}, {b, 20ms}}, 1s);
  measure({{a, 500ms}, {b, 20ms}}, 2s);
  EXPECT_THAT(order_.order(), ElementsAre(a, b));
  measure({{a, 500ms}, {b, 20ms}}, 2s);
  EXPECT_THAT(order_.order(), ElementsAre(b, a));
}

TEST_F(LatencyOrderTest, AnUplinkThatLeavesOrComesDisturbsNobody) {
  measure({{a, 30ms}, {b, 20ms}, {c, 10ms}}, 4s);
  measure({{a, 30ms}, {c, 10ms}}, 500ms);
  EXPECT_THAT(order_.order(), ElementsAre(c, a));
  measure({{a, 30ms}, {b, std::nullopt}, {c, 10ms}}, 500ms);
  EXPECT_THAT(order_.order(), ElementsAre(c, a, b));
}

}  // namespace
}  // namespace fairlead::health
