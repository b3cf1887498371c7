#pragma once
// Purpose: what is not normal at this moment, as data: one list for status, page and metrics. A condition that ends
// leaves the list; the change itself is an Event (event.hpp).
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/wall_time.hpp"

namespace fairlead {

struct Condition {
  std::string id;       ///< the kind, in stable words: "uplink-down", "no-uplink", … (docs/events.md lists them)
  std::string subject;  ///< the uplink, LAN, family or file that it is about
  WallTime since;
  std::string why;     ///< for people
  std::string effect;  ///< what it means for those behind the router
  bool operator==(const Condition&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const Condition& condition);
/// Throws what the JSON library throws, like every reader of a part.
[[nodiscard]] Condition condition_from_json(const nlohmann::json& json);

/// "uplink-down cable1: WHY; EFFECT", without the time.
[[nodiscard]] std::string to_text(const Condition& condition);

}  // namespace fairlead
