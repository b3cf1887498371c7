#include "daemon/lan_history.hpp"

#include <fmt/format.h>

namespace fairlead::daemon {
namespace {

std::string why_of(const LanStatus& lan) {
  return lan.carrier ? "" : fmt::format("{} has no carrier, or is not there", lan.device);
}

constexpr const char* effect_down = "its hosts reach neither the router nor the outside";

}  // namespace

std::vector<Event> LanHistory::update(const std::vector<LanStatus>& lans, WallTime now) {
  std::vector<Event> events;
  std::map<std::string, bool> present;
  const auto text = [](bool carrier) { return carrier ? "up" : "down"; };
  for (const auto& lan : lans) {
    const auto before = carriers_.find(lan.name);
    if (before == carriers_.end() || before->second != lan.carrier)
      events.push_back({now, "lan", lan.name, before == carriers_.end() ? "" : text(before->second), text(lan.carrier),
                        why_of(lan), lan.carrier ? "" : effect_down});
    present.emplace(lan.name, lan.carrier);
  }
  for (const auto& [name, carrier] : carriers_)
    if (!present.contains(name)) events.push_back({now, "lan", name, text(carrier), "", "it has left the file", ""});
  carriers_ = std::move(present);
  return events;
}

std::vector<Condition> lan_conditions(const std::vector<LanStatus>& lans) {
  std::vector<Condition> conditions;
  for (const auto& lan : lans)
    if (!lan.carrier) conditions.push_back({"lan-down", lan.name, {}, why_of(lan), effect_down});
  return conditions;
}

}  // namespace fairlead::daemon
