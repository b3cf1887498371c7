#pragma once
// Purpose: the file of conntrackd, which keeps the connections of a pair of routers the same on both: FT-FW over the
// cable between them, what comes from the other router straight into the kernel. Source: conntrackd.conf(5) 1.4.
#include <string>

#include "core/model/config.hpp"

namespace fairlead::render {

struct ConntrackdPaths {
  std::string socket;  ///< for questions and orders
  std::string lock;
};

/// `config` has `ha`.
[[nodiscard]] std::string conntrackd_conf(const Config& config, const ConntrackdPaths& paths);

}  // namespace fairlead::render
