#pragma once
// Purpose: the lines of the monitor's stream (api/feed.hpp): one event each, as JSON.
#include <string>
#include <vector>

#include "core/model/event.hpp"
#include "core/model/snapshot.hpp"

namespace fairlead::daemon {

[[nodiscard]] std::string line_of(const Event& event);

/// How every uplink is now, as events without a change (before and after are the same) of the time of the latest one.
[[nodiscard]] std::vector<std::string> opening_lines(const Snapshot& snapshot);

}  // namespace fairlead::daemon
