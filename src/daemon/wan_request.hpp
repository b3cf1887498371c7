#pragma once
// Purpose: the control command "wan", by which an administrator takes an uplink out and puts it back:
// {"command": "wan", "action": "disable" | "drain" | "enable", "uplink": NAME, "for_ms": 600000}.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "daemon/overrides.hpp"

namespace fairlead::daemon {

struct WanRequest {
  std::string uplink;
  std::optional<Override> wanted;  ///< none: what was said before is undone
};

/// `now` is where the time begins to count. Errors: something is missing or is not what it should be.
[[nodiscard]] Result<WanRequest> read_wan_request(const nlohmann::json& request, WallTime now);

}  // namespace fairlead::daemon
