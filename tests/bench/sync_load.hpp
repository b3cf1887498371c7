#pragma once
// Purpose: what it costs a pair of routers to keep connections the same on both while many new ones are opened: the
// processor time of conntrackd, and the entries that the other router lacks.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.hpp"

namespace fairlead::bench {

struct SyncLoadOptions {
  int per_second = 5000;
  int seconds = 60;
  std::string program;
};

struct SyncLoad {
  double opened_per_second = 0;
  double active_percent = 0;        ///< of one core, conntrackd of the active router
  double standby_percent = 0;       ///< of the other
  std::uint64_t entries = 0;        ///< of the active router, at the end
  std::uint64_t missing = 0;        ///< of these, at the other
  std::uint64_t missing_later = 0;  ///< five seconds later, of those that are still there
};

[[nodiscard]] Result<SyncLoad> measure_sync_load(const SyncLoadOptions& options);
[[nodiscard]] std::string to_text(const SyncLoad& load);
[[nodiscard]] nlohmann::json json_of(const SyncLoad& load);

}  // namespace fairlead::bench
