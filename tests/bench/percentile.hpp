#pragma once
// Purpose: percentiles of what was measured many times, by the nearest rank.
#include <algorithm>
#include <cmath>
#include <vector>

namespace fairlead::bench {

/// `values` must not be empty; `part` is 0.5 for the median.
inline double percentile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return values.at(std::max<std::size_t>(rank, 1) - 1);
}

}  // namespace fairlead::bench
