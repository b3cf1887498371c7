#include "core/render/pair_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/render/columns.hpp"

namespace fairlead::render {
namespace {

std::string state_of(const PairSide& side, const std::string& uplink) {
  const auto found = std::ranges::find(side.uplinks, uplink, &PairUplink::name);
  if (found == side.uplinks.end()) return "-";
  return found->why.empty() ? found->state : fmt::format("{} ({})", found->state, found->why);
}

std::string wish_of(const PairSide& side) {
  if (!side.why.empty()) return "gives way: " + side.why;
  return side.role == Role::active ? "" : "ready";
}

Row row_of(const PairSide& side, WallTime now) {
  return {side.name,
          std::string(to_text(side.role)),
          age_text(now - side.since),
          std::to_string(side.priority),
          fmt::format("{} of {}", side.usable(), side.uplinks.size()),
          side.version,
          wish_of(side)};
}

}  // namespace

std::string pair_text(const PairStatus& status, WallTime now) {
  std::vector<Row> rows{{"ROUTER", "ROLE", "SINCE", "PRIORITY", "UPLINKS", "VERSION", ""}, row_of(status.ours, now)};
  if (status.theirs) rows.push_back(row_of(*status.theirs, now));
  auto text = columns_text(rows) + "\n";
  rows = {{"UPLINK", status.ours.name, status.theirs ? status.theirs->name : ""}};
  for (const auto& uplink : status.ours.uplinks)
    rows.push_back(
        {uplink.name, state_of(status.ours, uplink.name), status.theirs ? state_of(*status.theirs, uplink.name) : ""});
  text += columns_text(rows) + "\n";
  const auto age = age_text(now - status.link_since);
  text += status.theirs ? fmt::format("  the other router is heard (for {})\n", age)
                        : fmt::format("  the other router is not heard (for {}): {}\n", age, status.link_why);
  if (const auto& sync = status.connections)
    text += fmt::format("  connections: {} told to the other router, {} taken from it, {} on the way, {} lost{}{}\n",
                        sync->told, sync->taken, sync->waiting, sync->lost, sync->why.empty() ? "" : ": ", sync->why);
  return text;
}

}  // namespace fairlead::render
