#include "daemon/verdict_memory.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

VerdictMemory::VerdictMemory(std::string path) : path_(std::move(path)) {
  const auto content = read_file_if_any(path_);
  if (!content || !*content) return;
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  if (!json.is_object() || !json.contains("down") || !json["down"].is_array()) return;
  for (const auto& id : json["down"])
    if (id.is_number_integer() && id > 0 && id <= max_uplink_id.value) down_.insert(UplinkId{id.get<std::uint8_t>()});
}

Result<void> VerdictMemory::remember(const Health& health) {
  std::set<UplinkId> down;
  for (const auto& [id, one] : health.uplinks)
    if (one.verdict == Verdict::down) down.insert(id);
  if (down == down_) return {};
  down_ = std::move(down);
  auto json = nlohmann::json{{"down", nlohmann::json::array()}};
  for (const auto id : down_) json["down"].push_back(id.value);
  return write_file(path_, json.dump() + "\n");
}

}  // namespace fairlead::daemon
