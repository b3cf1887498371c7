#pragma once
// Purpose: the control socket's protocol and its client. One request and one answer a connection, each one line
// of JSON: {"command": "status"} → {"ok": true, "status": {…}} or {"ok": false, "error": "…"}. Some commands are
// answered with a stream of lines (feed.hpp).
// Source of the socket: unix(7); only root may connect (mode 0600).
#include <poll.h>

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::api {

/// Asks the daemon. Errors: no daemon runs, it does not answer within `seconds`, or its answer is an error.
[[nodiscard]] Result<nlohmann::json> ask(const std::string& socket_path, const nlohmann::json& request, int seconds);

/// Passes each line of a stream to `take`. Success: one of `until` was ready (poll(2)), or `take` returned false.
/// Errors: no daemon runs, it refuses, or it has ended.
[[nodiscard]] Result<void> follow(const std::string& socket_path, const nlohmann::json& request,
                                  std::vector<pollfd> until, const std::function<bool(const std::string&)>& take);

}  // namespace fairlead::api
