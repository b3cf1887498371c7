#include "core/model/event.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead {
namespace {

std::string change_text(const Event& event) {
  if (event.before == event.after) return "is " + event.after;
  if (event.before.empty()) return "is " + event.after;
  if (event.after.empty()) return event.before + " → gone";
  return event.before + " → " + event.after;
}

}  // namespace

std::string to_text(const Event& event) {
  auto text = event.kind + (event.name.empty() ? "" : " " + event.name) + ": " + change_text(event);
  if (!event.why.empty()) text += ": " + event.why;
  if (!event.effect.empty()) text += "; " + event.effect;
  return visible(text);
}

nlohmann::json to_json(const Event& event) {
  return {{"time", to_precise_text(event.when)},
          {"kind", event.kind},
          {"name", event.name},
          {"before", event.before},
          {"after", event.after},
          {"why", event.why},
          {"effect", event.effect}};
}

Result<Event> event_from_json(const nlohmann::json& json) {
  try {
    return Event{parse_time(json.at("time").get<std::string>()).value_or(WallTime{}),
                 json.at("kind"),
                 json.at("name"),
                 json.at("before"),
                 json.at("after"),
                 json.at("why"),
                 json.at("effect")};
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("this is no event: ") + problem.what());
  }
}

}  // namespace fairlead
