#include "daemon/uplink_id_store.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

Result<UplinkIds> load_uplink_ids(const std::string& path) {
  const auto content = read_file_if_any(path);
  if (!content) return std::unexpected(content.error());
  if (!*content) return UplinkIds{};
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  auto ids = UplinkIds::from_json(json);
  if (!ids)
    return fail(
        fmt::format("{} is not what Fairlead wrote ({}): uplinks are numbered anew in the order of the "
                    "configuration, and connections that exist may be taken for another uplink's until they "
                    "end; `conntrack -F` ends them all",
                    path, ids.error().message));
  return ids;
}

Result<void> save_uplink_ids(const std::string& path, const UplinkIds& ids) {
  return write_durably(path, ids.to_json().dump(2) + "\n");
}

}  // namespace fairlead::daemon
