#pragma once
// Purpose: an open load of downloads as values: Poisson arrivals, sizes from a bounded Pareto distribution (many small
// ones, few that carry most of the bytes). Pure; the same seed gives the same flows. Source: Harchol-Balter, Crovella
// and Murta, "On choosing a task assignment policy for a distributed server system", 1999.
#include <chrono>
#include <cstdint>
#include <vector>

namespace fairlead::bench {

using Seconds = std::chrono::duration<double>;

struct Sizes {
  double smallest = 200e3;  ///< bytes
  double largest = 20e6;
  double shape = 1.2;  ///< not 1

  [[nodiscard]] double mean() const;
  /// The size below which this part of the flows lies.
  [[nodiscard]] double quantile(double part) const;
};

struct PlannedFlow {
  Seconds begin{};  ///< since the start of the load
  std::uint64_t bytes = 0;
};

struct FlowLoad {
  double bytes_per_second = 0;  ///< offered, without headers
  Seconds time{20};             ///< in which flows arrive
  Sizes sizes;
  std::uint64_t seed = 1;
};

[[nodiscard]] std::vector<PlannedFlow> plan_flows(const FlowLoad& load);

}  // namespace fairlead::bench
