#include "core/health/panel.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::health {
namespace {

/// So many rounds in a row a target must miss, on every uplink, to be ignored.
constexpr int mute_after = 3;
constexpr auto first_pause = std::chrono::milliseconds(1000);
constexpr auto longest_pause = std::chrono::milliseconds(30'000);
/// How far back an answer on another uplink still tells that the targets live, for one that must prove itself.
constexpr auto memory = std::chrono::seconds(5);

/// An address was replaced by another; a family that comes or goes leaves the other one to judge by.
bool moved(const Subject& before, const Subject& now) {
  if (!before.usable || !now.usable) return false;
  for (std::size_t family = 0; family < now.sources.size(); ++family) {
    const auto& old = before.sources.at(family);
    const auto& fresh = now.sources.at(family);
    if (old && fresh && *old != *fresh) return true;
  }
  return false;
}

/// A lease has come to an uplink that IPv6 had made usable already.
bool is_lent_anew(const Subject& before, const Subject& now) {
  constexpr auto v4 = static_cast<std::size_t>(Family::v4);
  // One that has rested while another router had the lease is not new.
  return before.usable && !before.config.probes.empty() && now.leased && !before.sources.at(v4) && now.sources.at(v4);
}

}  // namespace

void Panel::set(std::vector<Subject> subjects, Time now) {
  std::set<UplinkId> present;
  for (auto& subject : subjects) {
    const auto id = subject.id;
    present.insert(id);
    const auto [found, is_new] = cases_.try_emplace(id, subject, now);
    if (is_new && recalled_.contains(id) && !found->second.rounds.subject().config.probes.empty())
      found->second.judge.recall();
    change(found->second, std::move(subject), now);
  }
  recalled_.clear();
  std::erase_if(cases_, [&](const auto& entry) { return !present.contains(entry.first); });
}

void Panel::doubt(const std::set<UplinkId>& down) {
  for (auto& [id, one] : cases_)
    if (down.contains(id)) one.judge.recall();
}

void Panel::hold(UplinkId id, Time until) {
  if (const auto found = cases_.find(id); found != cases_.end()) found->second.judge.hold(until);
}

void Panel::change(Case& one, Subject subject, Time now) {
  const bool was_usable = one.rounds.subject().usable;
  const bool usable = subject.usable;
  const bool has_moved = moved(one.rounds.subject(), subject);
  const bool lent_anew = is_lent_anew(one.rounds.subject(), subject);
  one.judge.configure(subject.config);
  one.judge.facts(usable, subject.why, now);
  if (!usable || subject.config.probes.empty()) one.undecided.reset();
  one.rounds.change(std::move(subject));
  if (has_moved) one.judge.moved();
  if (lent_anew) one.rounds.doubt(Family::v4);
  if (was_usable == usable && !has_moved && !lent_anew) return;
  if (!usable) one.rounds.believe();
  one.rounds.forget();
  one.suspected_since.reset();
  one.silent_since.reset();
  one.next_round = now;
}

void Panel::begin(Case& one, bool burst, Time now) {
  const bool with_gateway = one.judge.is_out() || one.undecided;
  auto asks = one.rounds.begin(burst, with_gateway, mute(one), now, next_id_);
  asks_.insert(asks_.end(), asks.begin(), asks.end());
}

/// All uplinks ask all targets at the same moment, so that their answers can be compared.
void Panel::begin_bursts(Case& suspect, Time now) {
  suspect.suspected_since = now;
  for (auto& [id, one] : cases_) {
    if (!one.rounds.subject().usable || one.judge.is_out() || one.rounds.subject().config.probes.empty()) continue;
    if (!(one.rounds.open() && one.rounds.is_burst())) begin(one, true, now);
  }
}

std::vector<Ask> Panel::advance(Time now) {
  for (auto& [id, one] : cases_) {
    if (!one.rounds.subject().usable) continue;
    if (one.rounds.over(now) && !end_round(one, now)) continue;
    if (!one.rounds.open() && now >= one.next_round) begin(one, one.suspected_since.has_value(), now);
  }
  return std::exchange(asks_, {});
}

bool Panel::answered_elsewhere(const Case& one, Time since) const {
  // Kind by kind: that servers of one kind live says nothing of those of another.
  const auto missing = one.rounds.missing();
  return std::ranges::any_of(cases_, [&](const auto& entry) {
    return &entry.second != &one && std::ranges::any_of(missing, [&](const ProbeConfig& kind) {
      return entry.second.rounds.target_answered_since(since, kind);
    });
  });
}

std::optional<Time> Panel::others_open_until(const Case& one, Time now) const {
  std::optional<Time> latest;
  for (const auto& [id, other] : cases_)
    if (&other != &one && other.rounds.open() && other.rounds.is_burst() && !other.rounds.settled() &&
        other.rounds.deadline() > now)
      latest = std::max(latest.value_or(now), other.rounds.deadline());
  return latest;
}

void Panel::answered_round(Case& one, Time now) {
  const bool was_down = one.judge.is_out();
  one.judge.round(Round::answered, "", one.rounds.quality(now, mute(one)), now);
  if (was_down && !one.judge.is_out()) one.rounds.forget();  // what it lost while it was down
}

bool Panel::end_round(Case& one, Time now) {
  auto& rounds = one.rounds;
  const auto& config = rounds.subject().config;
  if (rounds.answered()) {
    rounds.close();
    if (one.undecided && one.silent_since) rounds.forgive(*one.silent_since);
    one.undecided.reset();
    one.silent_since.reset();
    if (one.suspected_since) {
      one.heed_pause = std::clamp(one.heed_pause * 2, first_pause, longest_pause);
      one.heed_after = now + one.heed_pause;
      one.suspected_since.reset();
    } else if (now > one.heed_after + longest_pause) {
      one.heed_pause = {};
    }
    answered_round(one, now);
    one.next_round = std::max(now, rounds.begun() + config.interval);
    return true;
  }
  const bool out = one.judge.is_out();
  one.silent_since = one.silent_since.value_or(rounds.begun());
  if (!rounds.is_burst() && !out) {  // the first miss: one target of several, so ask them all before anything is said
    const auto why = rounds.why();
    rounds.close();
    // It counts as one of several, and is no verdict by itself.
    if (config.down_after > 1) one.judge.round(Round::failed, why, {}, now);
    begin_bursts(one, now);
    return true;
  }
  const auto since = one.suspected_since.value_or(rounds.is_burst() ? rounds.begun() : now - memory);
  const bool targets_live = answered_elsewhere(one, since);
  if (!targets_live && !rounds.subject().targets.empty()) {
    if (const auto until = others_open_until(one, now)) {
      rounds.extend(*until);
      if (rounds.deadline() > now) return false;
    }
  }
  const bool gateway = rounds.gateway_answered() || !rounds.subject().gateway;
  if (targets_live || rounds.subject().targets.empty() || !gateway)
    end_failed_round(one, Round::failed, now);
  else
    end_failed_round(one, out ? Round::answered : Round::inconclusive, now);
  return true;
}

void Panel::end_failed_round(Case& one, Round outcome, Time now) {
  const auto why = one.rounds.why();
  const bool silent = one.rounds.silent();
  const bool came_early = one.rounds.settled();  // a last word on every ask: it was refused, not met with silence
  one.rounds.close();
  const bool was_out = one.judge.is_out();
  one.undecided = outcome == Round::failed ? std::nullopt : std::optional(why);
  if (outcome != Round::failed) one.rounds.believe();
  if (outcome != Round::failed && silent) one.rounds.forgive(*one.silent_since);
  if (outcome == Round::answered)
    answered_round(one, now);
  else
    one.judge.round(outcome, why, silent ? Quality{} : one.rounds.quality(now, mute(one)), now);
  if (outcome == Round::failed && !one.judge.is_out()) {
    one.suspected_since = one.suspected_since.value_or(one.rounds.begun());
    // The next burst at once, unless refusals make these rounds too short to tell a failure from a hiccup.
    one.next_round = came_early ? std::max<Time>(now, *one.silent_since + one.rounds.hiccup()) : now;
    return;
  }
  one.suspected_since.reset();
  if (one.judge.is_out() && !was_out) one.rounds.forget();
  one.next_round = std::max(now, one.rounds.begun() + one.rounds.subject().config.interval);
}

void Panel::answer(std::uint64_t id, std::optional<Micros> round_trip, const std::string& why, Time now) {
  for (auto& [uplink, one] : cases_)
    if (one.rounds.answer(id, round_trip, why, now)) return;
}

void Panel::suspect(UplinkId id, Time now) {
  const auto found = cases_.find(id);
  if (found == cases_.end()) return;
  auto& one = found->second;
  const auto& subject = one.rounds.subject();
  if (!subject.usable || subject.config.probes.empty() || one.judge.is_out() || one.suspected_since) return;
  if (now < one.heed_after) return;
  begin_bursts(one, now);
}

std::optional<Time> Panel::next() const {
  std::optional<Time> earliest;
  for (const auto& [id, one] : cases_) {
    if (!one.rounds.subject().usable) continue;
    const bool idle = one.rounds.subject().config.probes.empty() && !one.judge.is_out();
    if (idle) continue;
    const auto when = one.rounds.open() ? one.rounds.ends() : one.next_round;
    earliest = std::min(earliest.value_or(when), when);
  }
  return earliest;
}

bool Panel::silent_everywhere(const IpAddress& target) const {
  bool asked = false;
  for (const auto& [id, one] : cases_) {
    if (!one.rounds.subject().usable || one.judge.is_out()) continue;
    const auto& targets = one.rounds.subject().targets;
    const auto found = std::ranges::find(targets, target);
    if (found == targets.end()) continue;
    asked = true;
    if (one.rounds.misses(static_cast<std::size_t>(found - targets.begin())) < mute_after) return false;
  }
  return asked;
}

std::set<std::size_t> Panel::mute(const Case& one) const {
  std::set<std::size_t> result;
  const auto& targets = one.rounds.subject().targets;
  for (std::size_t index = 0; index < targets.size(); ++index)
    if (silent_everywhere(targets[index])) result.insert(index);
  return result.size() == targets.size() ? std::set<std::size_t>{} : result;
}

Health Panel::health() const {
  Health health;
  for (const auto& [id, one] : cases_) {
    auto& told = health.uplinks[id];
    told = one.judge.health();
    told.unproven = one.rounds.doubted();
  }
  return health;
}

std::optional<Time> Panel::held_until(UplinkId id) const {
  const auto found = cases_.find(id);
  return found == cases_.end() ? std::nullopt : found->second.judge.held_until();
}

std::optional<std::string> Panel::undecided() const {
  for (const auto& [id, one] : cases_)
    if (one.undecided) return one.undecided;
  return std::nullopt;
}

Quality Panel::quality(UplinkId id, Time now) const {
  const auto found = cases_.find(id);
  return found == cases_.end() ? Quality{} : found->second.rounds.quality(now, mute(found->second));
}

}  // namespace fairlead::health
