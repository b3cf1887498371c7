#pragma once
// Purpose: what was compiled → what is told about it.
#include "core/compile/compile.hpp"
#include "core/model/snapshot.hpp"
#include "daemon/uplink_history.hpp"

namespace fairlead::daemon {

[[nodiscard]] Snapshot make_snapshot(const Config& config, const Facts& facts, const compile::Compiled& compiled,
                                     const UplinkHistory& history);

}  // namespace fairlead::daemon
