#pragma once
// Purpose: how often what others changed is repaired. Another program that wants the same things would be fought
// without end; then it is left alone but for the slow rounds.
#include <chrono>
#include <deque>

#include "daemon/journal.hpp"

namespace fairlead::daemon {

class RepairLimit {
 public:
  explicit RepairLimit(Journal& journal) : journal_(journal) {}

  /// A repair was made, or none was needed. True where events shall not bring the next round forward.
  [[nodiscard]] bool note(bool repaired);

 private:
  Journal& journal_;
  std::deque<std::chrono::steady_clock::time_point> repairs_;  // of the last minute
};

}  // namespace fairlead::daemon
