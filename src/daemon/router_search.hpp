#pragma once
// Purpose: where router advertisements are awaited and none has come, the routers are asked for one, now and then.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"

namespace fairlead::daemon {

class RouterSearch {
 public:
  /// `uplinks` as they are now; an uplink without an IPv6 gateway is asked at most once in ten seconds.
  void ask_where_needed(const std::vector<compile::Uplink>& uplinks);

 private:
  using Clock = std::chrono::steady_clock;
  std::map<std::string, Clock::time_point> asked_;  // by device
};

}  // namespace fairlead::daemon
