#include "core/charts/chart.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace fairlead::charts {
namespace {

TEST(Chart, KeepsAnHourAndADay) {
  Chart chart;
  for (std::size_t number = 0; number < 2 * Chart::fine_points; ++number)
    chart.add(
        {.down = static_cast<float>(number), .up = 0, .latency = nothing, .loss = nothing, .connections = nothing});
  const auto hour = chart.last_hour();
  ASSERT_EQ(hour.size(), Chart::fine_points);
  EXPECT_EQ(hour.front().down, Chart::fine_points);
  EXPECT_EQ(hour.back().down, 2 * Chart::fine_points - 1);
  EXPECT_EQ(chart.last_day().size(), 2 * Chart::fine_points / 30);
  EXPECT_EQ(chart.last_day().front().down, 14.5F);
}

TEST(Chart, WhatIsNotKnownIsNotAZero) {
  Chart chart;
  chart.add({.down = 8, .up = 0, .latency = nothing, .loss = 0.5F, .connections = nothing});
  chart.add({.down = 16, .up = 0, .latency = 20, .loss = nothing, .connections = nothing});
  const auto both = chart.last_hour(2);
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both.front().down, 12);
  EXPECT_EQ(both.front().latency, 20);
  EXPECT_EQ(both.front().loss, 0.5F);
  EXPECT_TRUE(std::isnan(both.front().connections));
}

TEST(Chart, TheNewestGroupIsWhole) {
  Chart chart;
  for (int number = 0; number < 5; ++number)
    chart.add(
        {.down = static_cast<float>(number), .up = 0, .latency = nothing, .loss = nothing, .connections = nothing});
  const auto grouped = chart.last_hour(2);
  ASSERT_EQ(grouped.size(), 3U);
  EXPECT_EQ(grouped.front().down, 0);
  EXPECT_EQ(grouped.back().down, 3.5F);
}

}  // namespace
}  // namespace fairlead::charts
