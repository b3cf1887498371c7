#include "daemon/wan_request.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::daemon {
namespace {

constexpr std::int64_t longest = std::chrono::milliseconds(std::chrono::years(1)).count();

}  // namespace

Result<WanRequest> read_wan_request(const nlohmann::json& request, WallTime now) {
  const auto text = [&](const char* key) -> std::string {
    const auto found = request.find(key);
    return found != request.end() && found->is_string() ? found->get<std::string>() : "";
  };
  WanRequest result;
  result.uplink = text("uplink");
  const auto action = text("action");
  if (result.uplink.empty()) return fail("\"uplink\" is missing: name one");
  const auto limit = request.find("for_ms");
  const bool limited = limit != request.end();
  if (action == "enable") {
    if (limited) return fail("enable has no time: it undoes what was said before");
    return result;
  }
  if (action != "disable" && action != "drain") return fail("\"action\" must be disable, drain or enable");
  result.wanted = Override{action == "disable" ? Override::Kind::disable : Override::Kind::drain, std::nullopt};
  if (!limited) return result;
  if (!limit->is_number_integer() || *limit < 1 || *limit > longest)
    return fail("\"for_ms\" must be a number of milliseconds, up to a year");
  result.wanted->until = now + std::chrono::milliseconds(limit->get<std::int64_t>());
  return result;
}

}  // namespace fairlead::daemon
