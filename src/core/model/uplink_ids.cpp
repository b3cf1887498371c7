#include "core/model/uplink_ids.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ranges.hpp"

namespace fairlead {

void UplinkIds::assign(const Config& config) {
  const auto capacity =
      static_cast<std::uint8_t>(std::min<std::uint32_t>(config.router.mark_mask.capacity(), max_uplink_id.value));
  const auto in_file = [&](const std::string& name) {
    return fairlead::contains(config.wans | std::views::transform(&WanConfig::name), name);
  };
  std::erase_if(by_name_, [&](const auto& entry) { return entry.second.value > capacity; });
  std::set<std::uint8_t> taken;
  for (const auto& [name, id] : by_name_) taken.insert(id.value);
  const auto first_free = [&]() -> std::uint8_t {
    for (std::uint8_t id = 1; id <= capacity; ++id)
      if (!taken.contains(id)) return id;
    return 0;
  };
  for (const auto& wan : config.wans) {
    if (by_name_.contains(wan.name)) continue;
    auto id = first_free();
    if (id == 0) {
      const auto gone = std::ranges::find_if(by_name_, [&](const auto& entry) { return !in_file(entry.first); });
      id = gone->second.value;
      by_name_.erase(gone);
    }
    taken.insert(id);
    by_name_[wan.name] = UplinkId{id};
  }
}

nlohmann::json UplinkIds::to_json() const {
  auto json = nlohmann::json::object();
  for (const auto& [name, id] : by_name_) json[name] = id.value;
  return json;
}

Result<UplinkIds> UplinkIds::from_json(const nlohmann::json& json) {
  UplinkIds ids;
  if (!json.is_object()) return fail("uplink ids: expected an object of names and numbers");
  std::set<int> taken;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_number_integer()) return fail("uplink ids: " + name + " is not a number");
    const auto number = value.get<std::int64_t>();
    if (number < 1 || number > max_uplink_id.value || !taken.insert(static_cast<int>(number)).second)
      return fail("uplink ids: " + name + " has " + value.dump() + ", which is out of range or taken");
    ids.by_name_[name] = UplinkId{static_cast<std::uint8_t>(number)};
  }
  return ids;
}

}  // namespace fairlead
