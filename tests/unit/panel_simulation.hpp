#pragma once
// Purpose: uplinks judged together on a clock of the test's own: a world says which target answers where, and when.
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "core/health/panel.hpp"

namespace fairlead::health {

using namespace std::chrono_literals;

inline const std::vector<IpAddress> three_targets{*IpAddress::parse("1.1.1.1"), *IpAddress::parse("8.8.8.8"),
                                                  *IpAddress::parse("9.9.9.9")};

/// The round trip of what uplink `id` asks of a target (none: the gateway) now; none: silence.
using World = std::function<std::optional<Micros>(std::uint8_t id, const std::optional<IpAddress>& target, Time now)>;

class Simulation {
 public:
  explicit Simulation(int uplinks, HealthConfig config = {}, bool usable = true, std::set<UplinkId> recalled = {}) {
    panel_.recall(std::move(recalled));
    for (int id = 1; id <= uplinks; ++id)
      subjects_.push_back({UplinkId{static_cast<std::uint8_t>(id)}, config, three_targets, true, usable, ""});
    panel_.set(subjects_, now_);
  }

  /// Asks that fail whatever the world says.
  std::function<bool(const Ask& ask)> fails = [](const Ask&) { return false; };
  World world = [](auto, const auto&, auto) { return Micros(20'000); };
  /// Probes whose final word is "failed" are told so after this.
  std::chrono::milliseconds patience = 3s;

  void run(std::chrono::milliseconds length) {
    const auto end = now_ + length;
    for (;;) {
      auto when = panel_.next();
      if (!answers_.empty()) when = std::min(when.value_or(end), answers_.top().when);
      if (!when || *when > end) break;
      now_ = std::max(now_, *when);
      while (!answers_.empty() && answers_.top().when <= now_) {
        const auto answer = answers_.top();
        answers_.pop();
        panel_.answer(answer.id, answer.trip, "no answer", now_);
      }
      ask();
      note();
    }
    now_ = end;
  }

  void usable(std::uint8_t id, bool is) {
    subjects_.at(id - 1U).usable = is;
    subjects_.at(id - 1U).why = is ? "" : "no carrier";
    panel_.set(subjects_, now_);
    note();
  }
  void address(std::uint8_t id, const char* text) {
    subjects_.at(id - 1U).sources = {IpAddress::parse(text), std::nullopt};
    panel_.set(subjects_, now_);
    note();
  }
  void change(std::uint8_t id, const std::function<void(Subject&)>& how) {
    how(subjects_.at(id - 1U));
    panel_.set(subjects_, now_);
    note();
  }
  void suspect(std::uint8_t id) {
    panel_.suspect(UplinkId{id}, now_);
    ask();
  }

  [[nodiscard]] UplinkHealth health(std::uint8_t id) const { return panel_.health().of(UplinkId{id}); }
  [[nodiscard]] Verdict verdict(std::uint8_t id) const { return health(id).verdict; }
  [[nodiscard]] int changes(std::uint8_t id) { return changes_[id]; }
  /// Times that it left the service, or came back to it.
  [[nodiscard]] int outages(std::uint8_t id) { return outages_[id]; }
  [[nodiscard]] int asked(std::uint8_t id) { return asked_[id]; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] Quality quality(std::uint8_t id) const { return panel_.quality(UplinkId{id}, now_); }
  [[nodiscard]] std::string undecided_why() const { return panel_.undecided().value_or(""); }
  [[nodiscard]] std::optional<Time> held_until(std::uint8_t id) const { return panel_.held_until(UplinkId{id}); }
  [[nodiscard]] bool undecided() const { return panel_.undecided().has_value(); }

 private:
  struct Answer {
    Time when;
    std::uint64_t id;
    std::optional<Micros> trip;
    bool operator<(const Answer& other) const { return std::pair(when, id) > std::pair(other.when, other.id); }
  };

  void ask() {
    for (const auto& ask : panel_.advance(now_)) {
      ++asked_[ask.uplink.value];
      const auto trip = fails(ask) ? std::nullopt : world(ask.uplink.value, ask.target, now_);
      const auto wait = trip ? *trip : std::chrono::duration_cast<Micros>(patience);
      answers_.push({now_ + wait, ask.id, trip});
    }
  }

  void note() {
    for (const auto& [id, health] : panel_.health().uplinks) {
      const auto [known, is_new] = known_.try_emplace(id.value, Verdict::up);
      if (known->second != health.verdict) ++changes_[id.value];
      const auto serves = [](Verdict verdict) { return verdict == Verdict::up || verdict == Verdict::degraded; };
      if (serves(known->second) != serves(health.verdict)) ++outages_[id.value];
      known->second = health.verdict;
    }
  }

  Panel panel_;
  std::vector<Subject> subjects_;
  Time now_ = Time{} + 1h;
  std::priority_queue<Answer> answers_;
  std::map<std::uint8_t, Verdict> known_;
  std::map<std::uint8_t, int> changes_;
  std::map<std::uint8_t, int> outages_;
  std::map<std::uint8_t, int> asked_;
};

inline World all_but(std::function<bool(std::uint8_t, const std::optional<IpAddress>&)> silent) {
  return [silent](std::uint8_t id, const std::optional<IpAddress>& target, Time) -> std::optional<Micros> {
    if (silent(id, target)) return std::nullopt;
    return Micros(20'000);
  };
}

}  // namespace fairlead::health
