#pragma once
// Purpose: uplink ids on disk, since conntrack marks and the peer of a pair know uplinks by them.
#include <string>

#include "base/error.hpp"
#include "core/model/uplink_ids.hpp"

namespace fairlead::daemon {

/// No file: no ids yet.
[[nodiscard]] Result<UplinkIds> load_uplink_ids(const std::string& path);
[[nodiscard]] Result<void> save_uplink_ids(const std::string& path, const UplinkIds& ids);

}  // namespace fairlead::daemon
