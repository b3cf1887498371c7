#pragma once
// Purpose: what becomes of the connections of an uplink that is well, but no longer used because a better tier is
// back: the key `failback`. New connections return at once; this is about those that it still has.
#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "core/compile/uplinks.hpp"

namespace fairlead::daemon {

class Failbacks {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `uplinks` as they are after a change has taken effect. Returns those whose connections are to be reset now.
  std::vector<UplinkId> update(const std::vector<compile::Uplink>& uplinks, Time now);
  /// When update() has something to do though nothing has changed.
  [[nodiscard]] std::optional<Time> next() const;

 private:
  std::map<UplinkId, bool> was_active_;
  std::map<UplinkId, Time> drained_at_;  // deadlines
};

}  // namespace fairlead::daemon
