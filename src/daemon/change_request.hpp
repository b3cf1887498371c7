#pragma once
// Purpose: the control commands by which the file is changed:
// {"command": "apply", "text": "…", "file": "what messages call it"} and {"command": "rollback", "to": 3}, both with
// "by": who asks and from where, "confirm_ms": it goes back by itself then, "session": the SSH session from which it is
// asked, "base": the version that the asker has seen in use, "preview": true: only say what would be done.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/units.hpp"
#include "core/compile/session_fate.hpp"

namespace fairlead::daemon {

inline constexpr Duration shortest_confirmation = std::chrono::seconds(1);
inline constexpr Duration longest_confirmation = std::chrono::hours(24);

struct ChangeRequest {
  std::string text;       ///< of apply
  std::string file;       ///< what messages call the text
  std::optional<int> to;  ///< of rollback; none: the version before
  std::string by;
  std::optional<Duration> confirm;
  std::optional<compile::Session> session;
  std::optional<int> base;
  bool preview = false;
};

/// Throws what the JSON library throws where a field is of another type; the server of the control socket tells it.
/// Errors: a time that is none.
[[nodiscard]] Result<ChangeRequest> read_change_request(const nlohmann::json& request);

}  // namespace fairlead::daemon
