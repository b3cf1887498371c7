#pragma once
// Purpose: which uplinks probes have found to be down, kept over a restart of the router (not of the machine), so that
// a new start does not use them until they answer. One that was up or is unknown is used at once: a restart breaks
// nothing.
#include <set>
#include <string>

#include "base/error.hpp"
#include "core/model/health.hpp"

namespace fairlead::daemon {

class VerdictMemory {
 public:
  /// A file that is damaged tells of none.
  explicit VerdictMemory(std::string path);

  [[nodiscard]] const std::set<UplinkId>& down() const { return down_; }
  /// Writes only what has changed.
  Result<void> remember(const Health& health);

 private:
  std::string path_;
  std::set<UplinkId> down_;
};

}  // namespace fairlead::daemon
