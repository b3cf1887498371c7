#include "core/render/flows_text.hpp"

#include <fmt/format.h>

#include "core/render/columns.hpp"
#include "core/render/quantity_text.hpp"

namespace fairlead::render {
namespace {

std::string count_text(const std::optional<std::uint64_t>& bytes) { return bytes ? bytes_text(*bytes) : "-"; }

std::string chosen_by(const flows::Flow& flow) {
  if (!flow.policy.empty()) return "policy " + flow.policy;
  if (flow.forward.starts_with("forward ")) return flow.forward;  // one without a name
  if (!flow.forward.empty()) return "forward " + flow.forward;
  return flow.direction == flows::Direction::out && !flow.uplink.empty() ? "balance" : "-";
}

}  // namespace

std::string flows_text(const std::vector<flows::Flow>& list, std::size_t total, WallTime now) {
  std::vector<Row> rows{
      {"HOST", "PEER", "PROTOCOL", "STATE", "WAY", "UPLINK", "BY", "DOWN", "UP", "RECEIVED", "SENT", "AGE"}};
  bool counted = true;
  for (const auto& flow : list) {
    counted &= flow.down.has_value();
    rows.push_back({flow.host.to_text(), flow.peer.to_text(), flows::protocol_text(flow.protocol),
                    flow.state.empty() ? "-" : flow.state, to_text(flow.direction),
                    flow.uplink.empty() ? "-" : flow.uplink, chosen_by(flow), rate_text(flow.down_rate),
                    rate_text(flow.up_rate), count_text(flow.down), count_text(flow.up),
                    flow.started ? age_text(now - *flow.started) : "-"});
  }
  auto text = columns_text(rows);
  if (total > list.size()) text += fmt::format("\n  and {} more\n", total - list.size());
  if (!counted) text += "\n  Where no bytes are shown, the connection is older than their counting.\n";
  return text;
}

}  // namespace fairlead::render
