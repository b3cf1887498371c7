#include "core/model/pair_status.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead {
namespace {

constexpr std::size_t most_uplinks = 126;
constexpr int largest_priority = 254;

/// For people; nothing of it may move a terminal's cursor.
std::string text_of(const nlohmann::json& json, const char* key) { return visible(json.at(key).get<std::string>()); }

std::optional<Role> role_named(const std::string& text) {
  for (const auto role : {Role::active, Role::leaving, Role::standby})
    if (text == to_text(role)) return role;
  return std::nullopt;
}

nlohmann::json uplink_json(const PairUplink& uplink) {
  return {{"name", uplink.name}, {"state", uplink.state}, {"why", uplink.why}, {"usable", uplink.usable}};
}

nlohmann::json connections_json(const ConnectionSyncStatus& status) {
  return {{"running", status.running}, {"told", status.told}, {"taken", status.taken},
          {"waiting", status.waiting}, {"lost", status.lost}, {"why", status.why}};
}

/// Throws what the JSON library throws.
Result<PairSide> read_side(const nlohmann::json& json) {
  PairSide side;
  side.name = text_of(json, "name");
  side.version = text_of(json, "version");
  const auto role = role_named(json.at("role"));
  if (!role) return fail("no such role: " + visible(json.at("role").dump()));
  side.role = *role;
  side.since = parse_time(json.at("since").get<std::string>()).value_or(WallTime{});
  side.priority = std::clamp(json.at("priority").get<int>(), 0, largest_priority);
  side.why = text_of(json, "why");
  side.maintenance = json.at("maintenance");
  side.judged = json.at("judged");
  for (const auto& uplink : json.at("uplinks")) {
    if (side.uplinks.size() == most_uplinks) return fail("too many uplinks");
    side.uplinks.push_back(
        {text_of(uplink, "name"), text_of(uplink, "state"), text_of(uplink, "why"), uplink.at("usable")});
  }
  return side;
}

}  // namespace

int PairSide::usable() const { return static_cast<int>(std::ranges::count_if(uplinks, &PairUplink::usable)); }

nlohmann::json to_json(const PairSide& side) {
  nlohmann::json json{{"name", side.name},
                      {"version", side.version},
                      {"role", to_text(side.role)},
                      {"since", to_text(side.since)},
                      {"priority", side.priority},
                      {"why", side.why},
                      {"maintenance", side.maintenance},
                      {"judged", side.judged},
                      {"uplinks", nlohmann::json::array()}};
  for (const auto& uplink : side.uplinks) json["uplinks"].push_back(uplink_json(uplink));
  return json;
}

nlohmann::json to_json(const PairStatus& status) {
  nlohmann::json json{
      {"ours", to_json(status.ours)},
      {"link", {{"up", status.theirs.has_value()}, {"since", to_text(status.link_since)}, {"why", status.link_why}}}};
  if (status.theirs) json["theirs"] = to_json(*status.theirs);
  if (status.connections) json["connections"] = connections_json(*status.connections);
  return json;
}

Result<PairSide> side_from_json(const nlohmann::json& json) {
  try {
    return read_side(json);
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the other router is not understood: ") + visible(problem.what()));
  }
}

Result<PairStatus> pair_from_json(const nlohmann::json& json) {
  PairStatus status;
  try {
    auto ours = read_side(json.at("ours"));
    if (!ours) return std::unexpected(ours.error());
    status.ours = *std::move(ours);
    if (json.contains("theirs")) {
      auto theirs = read_side(json.at("theirs"));
      if (!theirs) return std::unexpected(theirs.error());
      status.theirs = *std::move(theirs);
    }
    status.link_since = parse_time(json.at("link").at("since").get<std::string>()).value_or(WallTime{});
    status.link_why = json.at("link").at("why");
    if (json.contains("connections")) {
      const auto& entry = json.at("connections");
      status.connections = {entry.at("running"), entry.at("told"), entry.at("taken"),
                            entry.at("waiting"), entry.at("lost"), entry.at("why")};
    }
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the daemon's answer is not understood: ") + problem.what());
  }
  return status;
}

}  // namespace fairlead
