#pragma once
// Purpose: the control socket's protocol and its client. One request and one answer a connection, each one line
// of JSON: {"command": "status"} → {"ok": true, "status": {…}} or {"ok": false, "error": "…"}.
// Source of the socket: unix(7); only root may connect (mode 0600).
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.hpp"

namespace fairlead::api {

/// Asks the daemon. Errors: no daemon runs, it does not answer within `seconds`, or its answer is an error.
[[nodiscard]] Result<nlohmann::json> ask(const std::string& socket_path, const nlohmann::json& request, int seconds);

}  // namespace fairlead::api
