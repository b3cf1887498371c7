#include "daemon/pair_request.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "daemon/pair.hpp"

namespace fairlead::daemon {
namespace {

constexpr auto actions = std::to_array<std::pair<std::string_view, PairAction>>({
    {"status", PairAction::status},
    {"yield", PairAction::yield},
    {"takeover", PairAction::takeover},
    {"maintenance", PairAction::maintenance},
    {"service", PairAction::service},
});

}  // namespace

Result<PairAction> read_pair_request(const nlohmann::json& request) {
  const auto wanted = request.find("action");
  if (wanted != request.end() && wanted->is_string())
    for (const auto& [name, action] : actions)
      if (wanted->get<std::string>() == name) return action;
  return fail("\"action\" must be status, yield, takeover, maintenance or service");
}

Result<void> carry_out(PairAction action, Pair& pair) {
  switch (action) {
    case PairAction::yield:
      return pair.yield();
    case PairAction::takeover:
      return pair.take_over();
    case PairAction::maintenance:
      return pair.set_maintenance(true);
    case PairAction::service:
      return pair.set_maintenance(false);
    case PairAction::status:
      break;
  }
  if (!pair.status()) return fail("this router is not one of a pair: its file has no section [ha]");
  return {};
}

}  // namespace fairlead::daemon
