#pragma once
// Purpose: compares the LANs of two moments.
#include <map>
#include <string>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/event.hpp"
#include "core/model/snapshot.hpp"

namespace fairlead::daemon {

class LanHistory {
 public:
  [[nodiscard]] std::vector<Event> update(const std::vector<LanStatus>& lans, WallTime now);

 private:
  std::map<std::string, bool> carriers_;
};

[[nodiscard]] std::vector<Condition> lan_conditions(const std::vector<LanStatus>& lans);

}  // namespace fairlead::daemon
