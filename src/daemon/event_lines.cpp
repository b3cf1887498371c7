#include "daemon/event_lines.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::daemon {
namespace {

std::string effect_on(const std::string& uplink, const std::vector<Condition>& conditions) {
  for (const auto& condition : conditions)
    if (condition.subject == uplink && condition.id.starts_with("uplink-")) return condition.effect;
  return "";
}

}  // namespace

std::string line_of(const Event& event) {
  return to_json(event).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> opening_lines(const Snapshot& snapshot) {
  std::vector<std::string> lines;
  for (const auto& uplink : snapshot.uplinks)
    lines.push_back(line_of({uplink.since, "uplink", uplink.name, uplink.state, uplink.state, uplink.why,
                             effect_on(uplink.name, snapshot.conditions)}));
  return lines;
}

}  // namespace fairlead::daemon
