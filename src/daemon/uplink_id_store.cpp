#include "daemon/uplink_id_store.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

Result<UplinkIds> load_uplink_ids(const std::string& path) {
  const auto content = read_file_if_any(path);
  if (!content) return std::unexpected(content.error());
  if (!*content) return UplinkIds{};
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  auto ids = UplinkIds::from_json(json);
  if (!ids) return std::unexpected(ids.error().in(path));
  return ids;
}

Result<void> save_uplink_ids(const std::string& path, const UplinkIds& ids) {
  return write_file(path, ids.to_json().dump(2) + "\n");
}

}  // namespace fairlead::daemon
