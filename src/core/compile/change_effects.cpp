#include "core/compile/change_effects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "core/compile/effects.hpp"

namespace fairlead::compile {
namespace {

const Uplink* find(const Compiled& compiled, UplinkId id) {
  const auto found = std::ranges::find(compiled.uplinks, id, &Uplink::id);
  return found == compiled.uplinks.end() ? nullptr : &*found;
}

const char* fate_text(Fate fate) {
  switch (fate) {
    case Fate::keep:
      return "its connections are kept";
    case Fate::forget:
      return "its connections are forgotten";
    case Fate::reset:
      break;
  }
  return "its connections are reset";
}

/// As the daemon tells them (uplink_history): no way out, or another source address.
void tell_uplinks(const Side& before, const Side& after, std::vector<std::string>& lines) {
  for (const auto& uplink : before.compiled.uplinks) {
    const auto& name = uplink.wan->name;
    const auto* now = find(after.compiled, uplink.id);
    if (now == nullptr) {
      lines.push_back(fmt::format("uplink {} goes: {}", name, fate_text(Fate::forget)));
      continue;
    }
    for (const auto family : families) {
      if (!uplink.usable(family)) continue;
      if (!now->usable(family))
        lines.push_back(fmt::format("uplink {} carries no {} any more: {}", name, to_text(family),
                                    fate_text(now->wan->health.connections)));
      else if (uplink.path(family).address() != now->path(family).address())
        lines.push_back(fmt::format("uplink {} gets another {} address: {}", name, to_text(family),
                                    fate_text(now->wan->health.connections)));
    }
  }
  for (const auto& uplink : after.compiled.uplinks)
    if (find(before.compiled, uplink.id) == nullptr) lines.push_back(fmt::format("uplink {} is new", uplink.wan->name));
}

std::string shares_text(const Compiled& compiled, Family family) {
  const auto active = active_uplinks(compiled.uplinks, family);
  int sum = 0;
  for (const auto* uplink : active) sum += uplink->wan->weight;
  std::vector<std::string> shares;
  for (const auto* uplink : active)
    shares.push_back(fmt::format("{} {:.0f} %", uplink->wan->name, 100.0 * uplink->wan->weight / sum));
  return shares.empty() ? "nowhere" : join(shares, ", ");
}

void tell_shares(const Side& before, const Side& after, std::vector<std::string>& lines) {
  for (const auto family : families) {
    const auto then = shares_text(before.compiled, family);
    const auto now = shares_text(after.compiled, family);
    if (then != now && (is_expected(before.compiled.uplinks, family) || is_expected(after.compiled.uplinks, family)))
      lines.push_back(fmt::format("new {} connections go over {} (now {}); those that exist stay where they are",
                                  to_text(family), now, then));
  }
}

template <typename Item>
std::vector<Item> without_places(std::vector<Item> items) {
  for (auto& item : items) item.where = {};
  return items;
}

/// Of `before` those that are not, or not the same, in `after`.
template <typename Item>
std::vector<std::string> changed(const std::vector<Item>& before, const std::vector<Item>& after) {
  const auto left = without_places(before);
  const auto right = without_places(after);
  std::vector<std::string> names;
  for (const auto& item : left)
    if (std::ranges::find(right, item) == right.end()) names.push_back(item.name);
  return names;
}

void tell_lans(const Side& before, const Side& after, std::vector<std::string>& lines) {
  for (const auto& lan : before.config.lans)
    if (std::ranges::find(after.config.lans, lan.name, &LanConfig::name) == after.config.lans.end())
      lines.push_back(fmt::format("lan {} goes: its hosts reach nothing through this router any more", lan.name));
  for (const auto& lan : after.config.lans) {
    const auto was = std::ranges::find(before.config.lans, lan.name, &LanConfig::name);
    if (was == before.config.lans.end()) continue;
    for (const auto& address : was->addresses)
      if (!contains(lan.addresses, address))
        lines.push_back(
            fmt::format("lan {} loses the address {}: hosts that know the router by it reach nothing until "
                        "they have learned another",
                        lan.name, address.to_text()));
  }
}

void tell_filters(const Side& before, const Side& after, std::vector<std::string>& lines) {
  if (const auto names = changed(before.config.forwards, after.config.forwards); !names.empty())
    lines.push_back(
        fmt::format("forward {} changes or goes: connections through it go on, new ones follow the new "
                    "file",
                    join(names, ", ")));
  if (const auto names = changed(before.config.firewall.allow, after.config.firewall.allow); !names.empty())
    lines.push_back(
        fmt::format("what firewall.allow {} let in goes on; new connections follow the new file", join(names, ", ")));
  if (without_places(before.config.policies) != without_places(after.config.policies))
    lines.emplace_back("policies change: connections that exist stay where they are, new ones follow the new file");
  if (before.config.router.mark_mask.bits() != after.config.router.mark_mask.bits())
    lines.emplace_back("the mark mask changes: the connections of all uplinks are reset");
  if (before.config.ha.has_value() != after.config.ha.has_value())
    lines.emplace_back("a pair begins or ends here: its addresses move, and connections may end");
}

}  // namespace

std::vector<std::string> change_effects(const Side& before, const Side& after) {
  std::vector<std::string> lines;
  tell_uplinks(before, after, lines);
  tell_shares(before, after, lines);
  tell_lans(before, after, lines);
  tell_filters(before, after, lines);
  return lines;
}

}  // namespace fairlead::compile
