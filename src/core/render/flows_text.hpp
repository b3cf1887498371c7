#pragma once
// Purpose: connections as lines for people. Its JSON twin is the daemon's answer itself.
#include <string>
#include <vector>

#include "core/flows/flow.hpp"

namespace fairlead::render {

/// `total`: how many there are, of which `list` may be the first few.
[[nodiscard]] std::string flows_text(const std::vector<flows::Flow>& list, std::size_t total, WallTime now);

}  // namespace fairlead::render
