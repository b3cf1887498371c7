#include "flow_plan.hpp"

#include <cmath>
#include <random>

namespace fairlead::bench {

double Sizes::mean() const {
  const double cut = std::pow(smallest / largest, shape);
  return shape / (shape - 1) * std::pow(smallest, shape) *
         (std::pow(smallest, 1 - shape) - std::pow(largest, 1 - shape)) / (1 - cut);
}

double Sizes::quantile(double part) const {
  const double cut = std::pow(smallest / largest, shape);
  return smallest / std::pow(1 - part * (1 - cut), 1 / shape);
}

std::vector<PlannedFlow> plan_flows(const FlowLoad& load) {
  std::mt19937_64 random(load.seed);
  // Not the library's distributions, whose numbers differ from one library to the next.
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const double per_second = load.bytes_per_second / load.sizes.mean();
  std::vector<PlannedFlow> flows;
  for (Seconds at{};;) {
    at += Seconds(-std::log1p(-uniform()) / per_second);
    if (at >= load.time) return flows;
    flows.push_back({at, static_cast<std::uint64_t>(load.sizes.quantile(uniform()))});
  }
}

}  // namespace fairlead::bench
