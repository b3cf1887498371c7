#include "core/pair/shared_state.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace fairlead::pair {
namespace {

constexpr auto key = "uplinks";
constexpr std::size_t most = 126;
/// What a server can say (RFC 2131, section 3.3).
constexpr std::chrono::seconds longest_lease{0xffffffff};
constexpr std::chrono::seconds longest_hold = std::chrono::days(1);

bool is_mac(const std::string& text) {
  constexpr std::size_t length = 17;
  if (text.size() != length) return false;
  for (std::size_t i = 0; i < length; ++i) {
    const auto letter = text[i];
    const bool digit = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
    if (i % 3 == 2 ? letter != ':' : !digit) return false;
  }
  // Of one device, not of a group (IEEE 802).
  constexpr std::string_view even = "02468ace";
  return even.contains(text[1]);
}

/// Throws what the JSON library throws.
Result<SharedState> read(const nlohmann::json& json, const Clocks& now) {
  SharedState state;
  auto ids = UplinkIds::from_json(json.at("ids"));
  if (!ids) return std::unexpected(ids.error());
  state.ids = *std::move(ids);
  json.at("macs").get_to(state.macs);
  json.at("down").get_to(state.down);
  state.overrides = json.at("overrides");
  if (state.macs.size() > most || state.down.size() > most || json.at("held").size() > most ||
      json.at("leases").size() > most)
    return fail("too many uplinks");
  for (const auto& [device, mac] : state.macs)
    if (!is_mac(mac)) return fail("a MAC address is none");
  for (const auto& entry : json.at("leases")) {
    auto lease = lease_from_json(entry.at("lease"));
    if (!lease) return std::unexpected(lease.error());
    for (const auto time : {lease->renew, lease->rebind, lease->lifetime.value_or(longest_lease)})
      if (time < BootTime{} || time > longest_lease) return fail("a lease has a time that no server gives");
    lease->taken = now.boot - std::clamp(BootTime(entry.at("age").get<std::int64_t>()), BootTime{}, longest_lease);
    state.leases.push_back(*std::move(lease));
  }
  for (const auto& [uplink, left] : json.at("held").items())
    state.held.emplace(uplink, now.wall + std::clamp(std::chrono::seconds(left.get<std::int64_t>()),
                                                     std::chrono::seconds(0), longest_hold));
  return state;
}

}  // namespace

nlohmann::json to_json(const SharedState& state, const Clocks& now) {
  nlohmann::json json{{"ids", state.ids.to_json()},   {"macs", state.macs}, {"leases", nlohmann::json::array()},
                      {"overrides", state.overrides}, {"down", state.down}, {"held", nlohmann::json::object()}};
  for (const auto& lease : state.leases)
    json["leases"].push_back({{"lease", fairlead::to_json(lease)}, {"age", (now.boot - lease.taken).count()}});
  for (const auto& [uplink, until] : state.held)
    json["held"][uplink] = std::chrono::ceil<std::chrono::seconds>(until - now.wall).count();
  return {{key, std::move(json)}};
}

bool is_shared_state(const nlohmann::json& document) { return document.is_object() && document.contains(key); }

Result<SharedState> shared_state_from_json(const nlohmann::json& document, const Clocks& now) {
  try {
    return read(document.at(key), now);
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the other router's uplinks are not understood: ") + visible(problem.what()));
  }
}

}  // namespace fairlead::pair
