#include "core/render/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "core/render/columns.hpp"

namespace fairlead::render {
namespace {

std::string dash_if_empty(const std::string& text) { return text.empty() ? "-" : text; }

std::string both(const std::string& four, const std::string& six) {
  if (four.empty() || six.empty()) return dash_if_empty(four + six);
  return four + " " + six;
}

std::string share_text(const UplinkStatus& uplink) {
  const auto percent = [](double share) { return fmt::format("{:.0f}%", share * 100); };
  if (uplink.ipv4.share == uplink.ipv6.share || !uplink.ipv6.usable) return percent(uplink.ipv4.share);
  return fmt::format("{} (v6 {})", percent(uplink.ipv4.share), percent(uplink.ipv6.share));
}

std::string latency_text(const UplinkStatus& uplink) {
  if (!uplink.probes || !uplink.probes->latency) return "-";
  const auto latency = *uplink.probes->latency;
  return fmt::format("{:.{}f} ms", latency, latency < 10 ? 1 : 0);
}

std::string loss_text(const UplinkStatus& uplink) {
  return uplink.probes ? fmt::format("{:.0f}%", uplink.probes->loss * 100) : "-";
}

}  // namespace

std::string status_text(const Snapshot& snapshot, WallTime now) {
  std::string text = fmt::format("{}: fairlead {}, running for {}, {}, {}\n\n", snapshot.name, snapshot.version,
                                 age_text(now - snapshot.started), snapshot.method, snapshot.file);
  std::vector<Row> rows{{"UPLINK", "STATE", "SINCE", "SHARE", "LATENCY", "LOSS", "WEIGHT", "TIER", "DEVICE", "ADDRESS",
                         "GATEWAY", "WHY"}};
  for (const auto& uplink : snapshot.uplinks)
    rows.push_back({uplink.name, uplink.state, age_text(now - uplink.since), share_text(uplink), latency_text(uplink),
                    loss_text(uplink), std::to_string(uplink.weight), std::to_string(uplink.tier), uplink.device,
                    both(uplink.ipv4.address, uplink.ipv6.address), both(uplink.ipv4.gateway, uplink.ipv6.gateway),
                    uplink.why});
  text += columns_text(rows) + "\n";
  rows = {{"LAN", "STATE", "DEVICE", "ADDRESS"}};
  for (const auto& lan : snapshot.lans)
    rows.push_back({lan.name, lan.carrier ? "up" : "no carrier", lan.device, dash_if_empty(join(lan.addresses, " "))});
  text += columns_text(rows) + "\n";
  if (snapshot.connections) text += fmt::format("  {} connections\n", *snapshot.connections);
  for (const auto& condition : snapshot.conditions)
    text += fmt::format("  {} (for {})\n", visible(to_text(condition)), age_text(now - condition.since));
  for (const auto& warning : snapshot.warnings) text += "  warning: " + warning + "\n";
  if (!snapshot.last_error.empty()) text += "  error: " + snapshot.last_error + "\n";
  return text;
}

}  // namespace fairlead::render
