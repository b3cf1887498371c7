#include "daemon/uplink_history.hpp"

#include <algorithm>

#include "core/compile/effects.hpp"

namespace fairlead::daemon {

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::up:
      return "up";
    case Verdict::degraded:
      return "degraded";
    case Verdict::draining:
      return "draining";
    case Verdict::held:
      return "held";
    case Verdict::down:
      break;
  }
  return "down";
}

namespace {

using Sources = std::array<std::optional<IpAddress>, 2>;

/// Of an uplink whose families are lost, stay, or had nothing.
void note_lost(UplinkId id, const auto& is_lost, const auto& stays, UplinkHistory::News& news) {
  std::vector<UplinkHistory::Lost> lost;
  for (const auto family : families)
    if (is_lost(family)) lost.push_back({id, family});
  // One request instead of two.
  if (!lost.empty() && std::ranges::none_of(families, stays)) lost = {{id, std::nullopt}};
  news.lost.insert(news.lost.end(), lost.begin(), lost.end());
}

void compare_sources(UplinkId id, const Sources& before, const Sources& now, UplinkHistory::News& news) {
  const auto had = [&](Family family) { return before.at(static_cast<std::size_t>(family)).has_value(); };
  const auto has_the_same = [&](Family family) {
    const auto index = static_cast<std::size_t>(family);
    return before.at(index) == now.at(index);
  };
  note_lost(
      id, [&](Family family) { return had(family) && !has_the_same(family); },
      [&](Family family) { return had(family) && has_the_same(family); }, news);
}

/// What was lost while nobody looked, since the end of an earlier run.
void find_lost(const compile::Uplink& uplink, const std::vector<compile::Uplink>& all, UplinkHistory::News& news) {
  note_lost(
      uplink.id, [&](Family family) { return !uplink.usable(family) && compile::is_expected(all, family); },
      [&](Family family) { return uplink.usable(family); }, news);
}

}  // namespace

UplinkHistory::News UplinkHistory::update(const std::vector<compile::Uplink>& uplinks, WallTime now) {
  News news;
  std::map<UplinkId, Known> present;
  for (const auto& uplink : uplinks) {
    Known entry{uplink.wan->name, uplink.verdict, uplink.why, {}, now};
    for (const auto family : families)
      if (uplink.usable(family)) entry.sources.at(static_cast<std::size_t>(family)) = uplink.path(family).address();
    const auto before = known_.find(uplink.id);
    const bool is_new = before == known_.end();
    if (is_new || before->second.verdict != entry.verdict || before->second.why != entry.why)
      news.events.push_back({now, "uplink", entry.name, is_new ? "" : to_text(before->second.verdict),
                             to_text(entry.verdict), entry.why, compile::effect_of(uplink, uplinks)});
    if (!is_new) {
      if (before->second.verdict == entry.verdict) entry.since = before->second.since;
      compare_sources(uplink.id, before->second.sources, entry.sources, news);
    } else if (known_.empty()) {
      find_lost(uplink, uplinks, news);
    }
    present.emplace(uplink.id, std::move(entry));
  }
  for (const auto& [id, entry] : known_)
    if (!present.contains(id)) {
      news.events.push_back({now, "uplink", entry.name, to_text(entry.verdict), "", "it has left the file", ""});
      news.lost.push_back({id, std::nullopt});
    }
  known_ = std::move(present);
  compare_tiers(uplinks, now, news.events);
  return news;
}

void UplinkHistory::compare_tiers(const std::vector<compile::Uplink>& uplinks, WallTime now,
                                  std::vector<Event>& events) {
  for (const auto family : families) {
    auto& before = tiers_.at(static_cast<std::size_t>(family));
    const auto tier = compile::tier_in_use(uplinks, family);
    std::string present;
    if (tier)
      present = std::to_string(*tier);
    else if (compile::is_expected(uplinks, family) || !before.empty())
      present = "none";
    // That the best tier is in use at the start is no news.
    if (before != present && !(before.empty() && tier))
      events.push_back({now, "tier", std::string(fairlead::to_text(family)), before, present,
                        tier ? "" : "no uplink is usable", compile::way_out(uplinks, family)});
    before = present;
  }
}

}  // namespace fairlead::daemon
