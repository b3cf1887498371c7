#pragma once
// Purpose: uplinks in the order of their latency, for policies that want the quickest, with hysteresis: two that are
// about as quick as each other do not change places, and one slow answer changes nothing. Pure.
#include <map>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "core/health/window.hpp"

namespace fairlead::health {

class LatencyOrder {
 public:
  /// An uplink overtakes another only where it is quicker by a fifth and by 2 ms, and has been for so long.
  static constexpr auto steadily = std::chrono::seconds(3);

  /// The present latency of each uplink; none where nothing is known of it: it comes last.
  void update(const std::map<UplinkId, std::optional<Micros>>& latencies, Time now);
  /// The quickest first.
  [[nodiscard]] const std::vector<UplinkId>& order() const { return order_; }

 private:
  std::vector<UplinkId> order_;
  std::vector<UplinkId> challenger_;  // what the order would be by the latest measurements
  Time challenged_since_;
};

}  // namespace fairlead::health
