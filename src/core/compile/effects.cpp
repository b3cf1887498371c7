#include "core/compile/effects.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::compile {
namespace {

std::string listed(const std::vector<const Uplink*>& uplinks) {
  std::string text;
  for (std::size_t i = 0; i < uplinks.size(); ++i) {
    if (i > 0) text += i + 1 == uplinks.size() ? " and " : ", ";
    text += uplinks[i]->wan->name;
  }
  return text;
}

/// The families that this uplink would carry; all where nothing is known of it yet.
std::vector<Family> families_of(const Uplink& uplink, const std::vector<Uplink>& all) {
  std::vector<Family> own;
  std::vector<Family> expected;
  for (const auto family : families) {
    if (uplink.path(family).configured) own.push_back(family);
    if (is_expected(all, family)) expected.push_back(family);
  }
  return own.empty() ? expected : own;  // one family at least is always expected
}

std::string effect_in(const Uplink& uplink, const std::vector<Uplink>& all, Family family) {
  const auto active = active_uplinks(all, family);
  const bool in_use = std::ranges::find(active, uplink.id, &Uplink::id) != active.end();
  if (in_use && uplink.verdict == Verdict::up) return "it takes new connections";
  if (in_use) return "it takes new connections all the same: nothing better is there";
  if (uplink.verdict == Verdict::draining) return "it keeps its connections; " + way_out(all, family);
  if (uplink.verdict == Verdict::up && uplink.usable(family))
    return fmt::format("it waits in tier {}; {}", uplink.wan->tier, way_out(all, family));
  return way_out(all, family);
}

const char* condition_id(Verdict verdict) {
  switch (verdict) {
    case Verdict::degraded:
      return "uplink-degraded";
    case Verdict::draining:
      return "uplink-draining";
    case Verdict::held:
      return "uplink-held";
    case Verdict::up:
    case Verdict::down:
      break;
  }
  return "uplink-down";
}

}  // namespace

std::optional<int> tier_in_use(const std::vector<Uplink>& uplinks, Family family) {
  const auto active = active_uplinks(uplinks, family);
  return active.empty() ? std::nullopt : std::optional(active.front()->wan->tier);
}

bool is_expected(const std::vector<Uplink>& uplinks, Family family) {
  const auto known = [&](Family one) {
    return std::ranges::any_of(uplinks, [&](const Uplink& uplink) { return uplink.path(one).configured; });
  };
  // Where nothing has any address it is the uplinks that are missed, not a family.
  return known(family) || (family == Family::v4 && !known(Family::v6));
}

std::string way_out(const std::vector<Uplink>& uplinks, Family family) {
  const auto active = active_uplinks(uplinks, family);
  return active.empty() ? "LAN to outside is refused at once" : "new connections go over " + listed(active);
}

std::string effect_of(const Uplink& uplink, const std::vector<Uplink>& all) {
  const auto concerned = families_of(uplink, all);
  auto first = effect_in(uplink, all, concerned.front());
  if (concerned.size() == 1) return first;
  const auto second = effect_in(uplink, all, concerned.back());
  return first == second ? first : fmt::format("IPv4: {}; IPv6: {}", first, second);
}

std::vector<Condition> uplink_conditions(const std::vector<Uplink>& uplinks) {
  std::vector<Condition> conditions;
  for (const auto family : families)
    if (is_expected(uplinks, family) && !tier_in_use(uplinks, family))
      conditions.push_back({.id = "no-uplink",
                            .subject = std::string(to_text(family)),
                            .since = {},
                            .why = "no uplink is usable",
                            .effect = way_out(uplinks, family)});
  for (const auto& uplink : uplinks)
    if (uplink.verdict != Verdict::up)
      conditions.push_back({.id = condition_id(uplink.verdict),
                            .subject = uplink.wan->name,
                            .since = {},
                            .why = uplink.why,
                            .effect = effect_of(uplink, uplinks)});
  return conditions;
}

}  // namespace fairlead::compile
