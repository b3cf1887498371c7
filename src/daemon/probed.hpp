#pragma once
// Purpose: what was compiled → what is probed.
#include "core/compile/uplinks.hpp"
#include "daemon/health_watch.hpp"

namespace fairlead::daemon {

[[nodiscard]] std::vector<Probed> probed(const Config& config, const std::vector<compile::Uplink>& uplinks);

}  // namespace fairlead::daemon
