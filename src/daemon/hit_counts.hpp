#pragma once
// Purpose: how many connections each policy and each forward decided on: reads the counters of their elements in the
// nft maps, when somebody looks, and seldom enough that it costs one percent of a core.
#include <chrono>
#include <vector>

#include "core/compile/origins.hpp"
#include "core/model/config.hpp"
#include "core/model/traffic.hpp"

namespace fairlead::daemon {

class HitCounts {
 public:
  /// Those of the file, in its order.
  struct Told {
    std::vector<RuleHits> policies;
    std::vector<RuleHits> forwards;
  };

  [[nodiscard]] const Told& look(const Config& config, const compile::Origins& origins);
  /// The file has changed: what was counted is of other entries.
  void forget() { next_ = {}; }

 private:
  using Clock = std::chrono::steady_clock;
  Told told_;
  Clock::time_point next_;
};

}  // namespace fairlead::daemon
