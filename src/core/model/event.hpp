#pragma once
// Purpose: one change of the router's state, with its reason: the log, `fairlead monitor` and the hook tell the same
// events. The JSON form is that of the monitor and of the hook's standard input; fields are added, never changed.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.hpp"
#include "base/wall_time.hpp"

namespace fairlead {

struct Event {
  WallTime when;
  std::string kind;    ///< of the subject: "uplink", "lan", "router", … (docs/events.md lists them)
  std::string name;    ///< of the subject: the uplink's or LAN's name, "ipv4", the file, …; may be empty
  std::string before;  ///< its state before, in the words of `status`; empty: it was not there
  std::string after;   ///< empty: it is not there any more. The same as `before`: only the reason is another
  std::string why;     ///< for people; empty while all is well
  std::string effect;  ///< what becomes of connections
  bool operator==(const Event&) const = default;
};

/// One line without a time: "uplink cable1: up → down: no target answers; new connections go over cable2".
[[nodiscard]] std::string to_text(const Event& event);
[[nodiscard]] nlohmann::json to_json(const Event& event);
[[nodiscard]] Result<Event> event_from_json(const nlohmann::json& json);

}  // namespace fairlead
