#include "core/render/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "core/render/columns.hpp"
#include "core/render/quantity_text.hpp"

namespace fairlead::render {
namespace {

constexpr std::size_t trend_width = 30;

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

std::string jitter_text(const UplinkStatus& uplink) {
  return uplink.probes && uplink.probes->latency ? fmt::format("{:.1f} ms", uplink.probes->jitter) : "-";
}

std::string connections_text(const UplinkTraffic& traffic) {
  if (!traffic.connections) return "-";
  return traffic.active ? fmt::format("{} ({} active)", *traffic.connections, *traffic.active)
                        : std::to_string(*traffic.connections);
}

std::string way_text(const Snapshot& snapshot) {
  return snapshot.offload == "off" ? snapshot.method
                                   : fmt::format("{}, {} fast path", snapshot.method, snapshot.offload);
}

std::string pair_line(const PairStatus& pair) {
  const auto side = [](const PairSide& one) {
    return fmt::format("{} is {}{}", one.name, to_text(one.role), one.why.empty() ? "" : " (" + one.why + ")");
  };
  return fmt::format("  pair: {}, {}\n", side(pair.ours),
                     pair.theirs ? side(*pair.theirs) : "nothing is heard of the other: " + pair.link_why);
}

std::string hits_text(const char* kind, const char* what, const std::vector<RuleHits>& list) {
  if (list.empty()) return "";
  std::vector<Row> rows{{kind, what, "CONNECTIONS"}};
  for (const auto& hits : list)
    rows.push_back({hits.name, hits.what, hits.connections ? std::to_string(*hits.connections) : "-"});
  return columns_text(rows) + "\n";
}

}  // namespace

std::string status_text(const Snapshot& snapshot, WallTime now) {
  std::string text = fmt::format("{}: fairlead {}, running for {}, {}, {}\n\n", snapshot.name, snapshot.version,
                                 age_text(now - snapshot.started), way_text(snapshot), snapshot.file);
  std::vector<Row> rows{{"UPLINK", "STATE", "SINCE", "SHARE", "WEIGHT", "TIER", "DEVICE", "ADDRESS", "GATEWAY", "WHY"}};
  for (const auto& uplink : snapshot.uplinks)
    rows.push_back({uplink.name, uplink.state, age_text(now - uplink.since), share_text(uplink),
                    std::to_string(uplink.weight), std::to_string(uplink.tier), uplink.device,
                    both(uplink.ipv4.address, uplink.ipv6.address), both(uplink.ipv4.gateway, uplink.ipv6.gateway),
                    uplink.why});
  text += columns_text(rows) + "\n";
  rows = {{"UPLINK", "DOWN", "UP", "LAST MINUTE", "CONNECTIONS", "LATENCY", "JITTER", "LOSS"}};
  for (const auto& uplink : snapshot.uplinks) {
    const auto traffic = uplink.traffic.value_or(UplinkTraffic{});
    rows.push_back({uplink.name, rate_text(traffic.down), rate_text(traffic.up),
                    dash_if_empty(sparkline(traffic.recent_down, trend_width)), connections_text(traffic),
                    latency_text(uplink), jitter_text(uplink), loss_text(uplink)});
  }
  text += columns_text(rows) + "\n";
  rows = {{"LAN", "STATE", "DEVICE", "ADDRESS", "ADVERTISED"}};
  for (const auto& lan : snapshot.lans)
    rows.push_back({lan.name, lan.carrier ? "up" : "no carrier", lan.device, dash_if_empty(join(lan.addresses, " ")),
                    dash_if_empty(join(lan.advertised, " "))});
  text += columns_text(rows) + "\n";
  text += hits_text("POLICY", "USES", snapshot.policies) + hits_text("FORWARD", "LEADS", snapshot.forwards);
  if (snapshot.pair) text += pair_line(*snapshot.pair);
  if (snapshot.connections) text += fmt::format("  {} connections\n", *snapshot.connections);
  for (const auto& condition : snapshot.conditions)
    text += fmt::format("  {} (for {})\n", visible(to_text(condition)), age_text(now - condition.since));
  for (const auto& warning : snapshot.warnings) text += "  warning: " + warning + "\n";
  if (!snapshot.last_error.empty()) text += "  error: " + snapshot.last_error + "\n";
  return text;
}

std::string coloured_states(std::string screen) {
  struct Colour {
    std::string_view word;
    std::string_view sequence;
  };
  static constexpr std::array colours{Colour{" up ", "\033[32m"},       Colour{" down ", "\033[1;31m"},
                                      Colour{" degraded ", "\033[33m"}, Colour{" draining ", "\033[33m"},
                                      Colour{" held ", "\033[33m"},     Colour{" no carrier ", "\033[1;31m"}};
  for (const auto& [word, sequence] : colours)
    for (auto at = screen.find(word); at != std::string::npos; at = screen.find(word, at + 1)) {
      screen.insert(at + word.size() - 1, "\033[0m");
      screen.insert(at + 1, sequence);
      at += sequence.size() + word.size();
    }
  return screen;
}

}  // namespace fairlead::render
