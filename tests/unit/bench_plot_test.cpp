// The pictures of the benchmark: what is drawn is where its value is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/plot.hpp"

namespace fairlead::bench {
namespace {

using testing::HasSubstr;

TEST(BenchPlot, ABarIsAsLongAsItsValue) {
  // 250 to 770 are the ends of an axis that reaches the largest value.
  const auto svg = svg_of(Bars{"t", "ns", {"one", "half"}, {{"s", {{100, 90, 100}, {50, 50, 50}}}}});
  EXPECT_THAT(svg, HasSubstr("x=\"250.0\" y=\"68.0\" width=\"520.0\""));
  EXPECT_THAT(svg, HasSubstr("x=\"250.0\" y=\"91.0\" width=\"260.0\""));
}

TEST(BenchPlot, ALogarithmicAxisHasItsMiddleAtTheGeometricMean) {
  const auto svg =
      svg_of(Lines{"t", "x", "y", true, true, {{"s", {{1, {1, 1, 1}}, {10, {10, 10, 10}}, {100, {100, 100, 100}}}}}});
  EXPECT_THAT(svg, HasSubstr("M70.0 380.0L340.0 215.0L610.0 50.0"));
}

TEST(BenchPlot, NamesCannotBreakThePicture) {
  EXPECT_THAT(svg_of(Bars{"a < b & c", "", {}, {}}), HasSubstr("a &lt; b &amp; c"));
}

}  // namespace
}  // namespace fairlead::bench
