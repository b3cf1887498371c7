#include "daemon/failback.hpp"

#include <algorithm>

namespace fairlead::daemon {
namespace {

using Actives = std::vector<const compile::Uplink*>;

Actives active_in_any_family(const std::vector<compile::Uplink>& uplinks) {
  Actives all;
  for (const auto family : families)
    for (const auto* uplink : compile::active_uplinks(uplinks, family)) all.push_back(uplink);
  return all;
}

bool better_tier_is_back(const compile::Uplink& uplink, const Actives& active) {
  return uplink.verdict != Verdict::down &&
         std::ranges::any_of(active, [&](const compile::Uplink* other) { return other->wan->tier < uplink.wan->tier; });
}

}  // namespace

std::vector<UplinkId> Failbacks::update(const std::vector<compile::Uplink>& uplinks, Time now) {
  std::vector<UplinkId> to_reset;
  std::map<UplinkId, bool> active_now;
  std::map<UplinkId, Time> deadlines;
  const auto active = active_in_any_family(uplinks);
  for (const auto& uplink : uplinks) {
    const auto id = uplink.id;
    active_now[id] = std::ranges::find(active, &uplink) != active.end();
    if (active_now[id] || !better_tier_is_back(uplink, active)) continue;
    const auto& failback = uplink.wan->failback;
    const bool just_left = was_active_[id];
    const auto deadline = drained_at_.find(id);
    const bool drained = deadline != drained_at_.end() && deadline->second <= now;
    if (drained || (just_left && failback.kind == Failback::Kind::reset))
      to_reset.push_back(id);
    else if (just_left && failback.kind == Failback::Kind::drain)
      deadlines[id] = now + failback.after;
    else if (deadline != drained_at_.end())
      deadlines.insert(*deadline);
  }
  was_active_ = std::move(active_now);
  drained_at_ = std::move(deadlines);
  return to_reset;
}

std::optional<Failbacks::Time> Failbacks::next() const {
  std::optional<Time> earliest;
  for (const auto& [id, deadline] : drained_at_) earliest = std::min(earliest.value_or(deadline), deadline);
  return earliest;
}

}  // namespace fairlead::daemon
