#include "core/health/rounds.hpp"

#include <algorithm>

namespace fairlead::health {
namespace {

/// In a burst the uplink is under suspicion, and an answer that takes several times as long as usual is none. Not
/// shorter than this, or a short hiccup would be taken for a failure.
constexpr Micros shortest_patience = std::chrono::milliseconds(100);
constexpr int usual_times = 4;

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
  latest_answer_.reset();
  slowest_ = {};
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
    // A URL names its own server: one question is enough, whoever's turn it is.
    if (probes[probe].kind == ProbeConfig::Kind::http && asked_.size() > 1) continue;
    pending_[next_id] = {target, probe, now, true};
    asks.push_back({next_id++, subject_.id, subject_.targets[target], probes[probe]});
  }
}

std::vector<Ask> Rounds::begin(bool burst, bool with_gateway, const std::set<std::size_t>& mute, Time now,
                               std::uint64_t& next_id) {
  for (auto& [id, pending] : pending_) pending.of_this_round = false;
  open_ = true;
  burst_ = burst;
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
    pending_[next_id] = {std::nullopt, 0, now, true};
    asks.push_back({next_id++, subject_.id, std::nullopt, std::nullopt});
  }
  return asks;
}

bool Rounds::answer(std::uint64_t id, std::optional<Micros> round_trip, const std::string& why, Time now) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return false;
  const auto pending = found->second;
  pending_.erase(found);
  if (pending.target && pending.probe == 0) window_.add(now, *pending.target, round_trip);
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
    if (only_gateway() && counts) successes_.assign(successes_.size(), true);
    return true;
  }
  if (counts && open_) successes_.at(pending.probe) = true;
  latest_answer_ = std::max(latest_answer_.value_or(pending.sent), pending.sent);
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

bool Rounds::settled() const {
  return std::ranges::none_of(pending_, [](const auto& entry) { return entry.second.of_this_round; });
}

std::string Rounds::why() const {
  if (!failure_.empty()) return failure_;
  return only_gateway() ? "its gateway does not answer" : "no target answers";
}

}  // namespace fairlead::health
