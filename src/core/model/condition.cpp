#include "core/model/condition.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace fairlead {

nlohmann::json to_json(const Condition& condition) {
  return {{"id", condition.id},
          {"subject", condition.subject},
          {"since", to_text(condition.since)},
          {"why", condition.why},
          {"effect", condition.effect}};
}

Condition condition_from_json(const nlohmann::json& json) {
  return {json.at("id"), json.at("subject"), parse_time(json.at("since").get<std::string>()).value_or(WallTime{}),
          json.at("why"), json.at("effect")};
}

std::string to_text(const Condition& condition) {
  return fmt::format("{} {}{}{}{}{}", condition.id, condition.subject, condition.why.empty() ? "" : ": ", condition.why,
                     condition.effect.empty() ? "" : "; ", condition.effect);
}

}  // namespace fairlead
