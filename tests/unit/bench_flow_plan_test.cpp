// What the benchmark of downloads offers is what it says that it offers.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "bench/flow_plan.hpp"

namespace fairlead::bench {
namespace {

TEST(BenchFlowPlan, SizesStayWithinTheirBounds) {
  const Sizes sizes;
  EXPECT_DOUBLE_EQ(sizes.quantile(0), sizes.smallest);
  EXPECT_NEAR(sizes.quantile(1), sizes.largest, 1);
  EXPECT_LT(sizes.quantile(0.5), sizes.mean());  // heavy-tailed: most are smaller than the mean
}

TEST(BenchFlowPlan, TheMeanIsTheMeanOfTheQuantiles) {
  const Sizes sizes{1000, 100'000, 1.2};
  double sum = 0;
  constexpr int steps = 200'000;
  for (int n = 0; n < steps; ++n) sum += sizes.quantile((n + 0.5) / steps);
  EXPECT_NEAR(sum / steps / sizes.mean(), 1, 0.001);
}

TEST(BenchFlowPlan, OffersTheLoadThatWasWanted) {
  const FlowLoad load{.bytes_per_second = 1e6, .time = Seconds(2000), .sizes = {1000, 10'000, 1.2}, .seed = 3};
  const auto flows = plan_flows(load);
  const auto bytes = std::accumulate(flows.begin(), flows.end(), 0.0, [](double sum, const PlannedFlow& flow) {
    return sum + static_cast<double>(flow.bytes);
  });
  EXPECT_NEAR(bytes / load.time.count() / load.bytes_per_second, 1, 0.02);
  EXPECT_TRUE(std::ranges::is_sorted(flows, {}, &PlannedFlow::begin));
  EXPECT_LT(flows.back().begin, load.time);
}

TEST(BenchFlowPlan, TheSameSeedGivesTheSameFlows) {
  const auto begins = [](std::uint64_t seed) {
    std::vector<double> list;
    for (const auto& flow : plan_flows({.bytes_per_second = 1e7, .time = Seconds(5), .sizes = {}, .seed = seed}))
      list.push_back(flow.begin.count() + static_cast<double>(flow.bytes));
    return list;
  };
  EXPECT_EQ(begins(1), begins(1));
  EXPECT_NE(begins(1), begins(2));
}

}  // namespace
}  // namespace fairlead::bench
