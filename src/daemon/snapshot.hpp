#pragma once
// Purpose: what was compiled → what is told about it.
#include "core/compile/compile.hpp"
#include "core/health/window.hpp"
#include "core/model/snapshot.hpp"
#include "daemon/connection_sync.hpp"
#include "daemon/uplink_history.hpp"

namespace fairlead::daemon {

[[nodiscard]] Snapshot make_snapshot(const Config& config, const Facts& facts, const compile::Compiled& compiled,
                                     const UplinkHistory& history);

[[nodiscard]] ConnectionSyncStatus connection_sync_status(const ConnectionSync::Status& status);
/// None where nothing was asked.
[[nodiscard]] std::optional<ProbeStatus> probe_status(const health::Quality& quality);

}  // namespace fairlead::daemon
