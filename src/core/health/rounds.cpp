#include "core/health/rounds.hpp"

#include <algorithm>

namespace fairlead::health {
namespace {

/// In a burst the uplink is under suspicion, and an answer that takes several times as long as usual is none. Not
/// shorter than this, or a short hiccup would be taken for a failure.
constexpr Micros shortest_patience = std::chrono::milliseconds(100);
constexpr int usual_times = 4;
constexpr Micros longest_hiccup = std::chrono::milliseconds(500);

}  // namespace

Rounds::Rounds(Subject subject) : subject_(std::move(subject)), misses_(subject_.targets.size()) {}

void Rounds::change(Subject subject) {
  if (subject.targets == subject_.targets && subject.config.probes == subject_.config.probes) {
    subject_ = std::move(subject);
    return;
  }
  subject_ = std::move(subject);
  forget();
}

void Rounds::forget() {
  misses_.assign(subject_.targets.size(), 0);
  window_.clear();
  pending_.clear();
  asked_.clear();
  open_ = false;
  latest_answers_.clear();
  slowest_ = {};
}

void Rounds::forgive(Time since) {
  window_.forgive(since);
  misses_.assign(subject_.targets.size(), 0);
  for (auto& [id, pending] : pending_) pending.forgiven = true;
}

void Rounds::doubt(Family family) {
  const bool can_prove = std::ranges::any_of(subject_.targets, [&](const auto& one) { return one.family() == family; });
  doubted_.at(static_cast<std::size_t>(family)) =
      !subject_.config.probes.empty() && (can_prove || (only_gateway() && subject_.gateway));
}

std::size_t Rounds::next_turn(const std::set<std::size_t>& mute) {
  for (std::size_t step = 0; step < subject_.targets.size(); ++step) {
    turn_ = (turn_ + 1) % subject_.targets.size();
    if (!mute.contains(turn_)) break;
  }
  return turn_;
}

Micros Rounds::patience(bool burst) const {
  const auto whole = std::chrono::duration_cast<Micros>(subject_.config.timeout);
  if (!burst || slowest_ == Micros{}) return whole;
  return std::clamp(slowest_ * usual_times, std::min(shortest_patience, whole), whole);
}

void Rounds::ask_target(std::size_t target, Time now, std::uint64_t& next_id, std::vector<Ask>& asks) {
  asked_.insert(target);
  const auto& probes = subject_.config.probes;
  for (std::size_t probe = 0; probe < probes.size(); ++probe) {
    pending_[next_id] = {target, probe, now};
    asks.push_back({next_id++, subject_.id, subject_.targets[target], probes[probe]});
  }
}

std::vector<Ask> Rounds::begin(bool burst, bool with_gateway, const std::set<std::size_t>& mute, Time now,
                               std::uint64_t& next_id) {
  for (auto& [id, pending] : pending_) pending.of_this_round = false;
  open_ = true;
  burst_ = burst;
  extended_ = false;
  gateway_answered_ = false;
  begun_ = now;
  deadline_ = now + patience(burst);
  successes_.assign(std::max<std::size_t>(subject_.config.probes.size(), 1), false);
  asked_.clear();
  failure_.clear();
  std::vector<Ask> asks;
  if (burst)
    for (std::size_t target = 0; target < subject_.targets.size(); ++target) ask_target(target, now, next_id, asks);
  else if (!only_gateway())
    ask_target(next_turn(mute), now, next_id, asks);
  if (subject_.gateway && (burst || with_gateway || only_gateway())) {
    pending_[next_id] = {std::nullopt, 0, now};
    asks.push_back({next_id++, subject_.id, std::nullopt, std::nullopt});
  }
  return asks;
}

bool Rounds::answer(std::uint64_t id, std::optional<Micros> round_trip, const std::string& why, Time now) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return false;
  const auto pending = found->second;
  pending_.erase(found);
  if (pending.target && pending.probe == 0 && (round_trip || !pending.forgiven))
    window_.add(now, *pending.target, round_trip);
  if (!round_trip) {
    if (pending.of_this_round) failure_ = why;
    return true;
  }
  // An answer to an earlier round that comes late tells that the line works, slowly. One that is merely still on its
  // way when a burst begins tells nothing of what has aroused suspicion.
  const bool counts = pending.of_this_round || *round_trip > subject_.config.timeout;
  slowest_ = std::max(slowest_ - slowest_ / 50, *round_trip);
  if (!pending.target) {
    gateway_answered_ |= counts;
    if (only_gateway() && counts) {
      successes_.assign(successes_.size(), true);
      believe();
    }
    return true;
  }
  if (counts && open_) successes_.at(pending.probe) = true;
  auto& latest = latest_answers_.try_emplace(pending.probe, pending.sent).first->second;
  latest = std::max(latest, pending.sent);
  doubted_.at(static_cast<std::size_t>(subject_.targets.at(*pending.target).family())) = false;
  misses_.at(*pending.target) = 0;
  asked_.erase(*pending.target);
  return true;
}

void Rounds::close() {
  open_ = false;
  for (const auto target : asked_) ++misses_.at(target);
  asked_.clear();
}

bool Rounds::answered() const {
  return subject_.config.probes.empty() || std::ranges::all_of(successes_, std::identity{});
}

std::vector<ProbeConfig> Rounds::missing() const {
  std::vector<ProbeConfig> kinds;
  const auto& probes = subject_.config.probes;
  for (std::size_t probe = 0; probe < probes.size(); ++probe)
    if (!successes_.at(probe)) kinds.push_back(probes[probe]);
  return kinds;
}

bool Rounds::target_answered_since(Time since, const ProbeConfig& kind) const {
  const auto& probes = subject_.config.probes;
  const bool asked_for = std::ranges::find(probes, kind) != probes.end();
  return std::ranges::any_of(latest_answers_, [&](const auto& answer) {
    return answer.second >= since && (!asked_for || probes.at(answer.first) == kind);
  });
}

Time Rounds::ends() const {
  if (extended_ || !settled()) return deadline_;
  return std::min<Time>(deadline_, begun_ + hiccup());
}

Micros Rounds::hiccup() const {
  return std::min(std::chrono::duration_cast<Micros>(subject_.config.timeout), longest_hiccup);
}

void Rounds::extend(Time deadline) {
  extended_ = true;
  deadline_ = std::max(deadline_, deadline);
}

bool Rounds::settled() const {
  return std::ranges::none_of(pending_, [](const auto& entry) { return entry.second.of_this_round; });
}

std::string Rounds::why() const {
  if (!failure_.empty()) return failure_;
  if (only_gateway()) return "its gateway does not answer";
  const auto kinds = missing();
  // Where others are answered, the one that is not.
  return kinds.size() == subject_.config.probes.size() ? "no target answers"
                                                       : "no target answers " + to_text(kinds.front());
}

}  // namespace fairlead::health
