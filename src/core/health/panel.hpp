#pragma once
// Purpose: judges all uplinks together, because only together can they tell whose fault a silence is: a target that is
// silent on every uplink is the target's fault; targets that are all silent on one uplink alone are the uplink's; and
// where nothing answers anywhere, the gateways decide. Pure: asks go out and answers come in as values, with the time.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/health/judge.hpp"
#include "core/health/rounds.hpp"

namespace fairlead::health {

class Panel {
 public:
  /// Uplinks that an earlier run found to be down: each is out until its first answer. Before the first set().
  void recall(std::set<UplinkId> down) { recalled_ = std::move(down); }
  /// Another router, from which this one takes over, found these to be down: the same for each.
  void doubt(const std::set<UplinkId>& down);
  /// It found this one to flap.
  void hold(UplinkId id, Time until);
  /// The uplinks as the file and the kernel have them now.
  void set(std::vector<Subject> subjects, Time now);
  /// Ends the rounds that are over, begins those that are due, and returns what is to be asked.
  [[nodiscard]] std::vector<Ask> advance(Time now);
  /// The final word on an ask, also when it comes after its round.
  void answer(std::uint64_t id, std::optional<Micros> round_trip, const std::string& why, Time now);
  /// Something else makes this uplink suspicious: all targets are asked at once. Unfounded suspicions are heeded ever
  /// more seldom.
  void suspect(UplinkId id, Time now);
  /// When advance() has something to do next.
  [[nodiscard]] std::optional<Time> next() const;

  [[nodiscard]] Health health() const;
  [[nodiscard]] Quality quality(UplinkId id, Time now) const;
  /// Until when an uplink that flaps is held back.
  [[nodiscard]] std::optional<Time> held_until(UplinkId id) const;
  /// What nothing answers anywhere, for people: verdicts on uplinks whose gateway answers are kept. None: all is
  /// decided.
  [[nodiscard]] std::optional<std::string> undecided() const;

 private:
  struct Case {
    Rounds rounds;
    Judge judge;
    Time next_round;
    std::optional<Time> suspected_since;   // the miss or hint that began the present bursts
    std::optional<Time> silent_since;      // the first miss since the latest round with an answer
    std::optional<std::string> undecided;  // what nothing answers anywhere
    Time heed_after;                       // suspicions before this are not heeded
    std::chrono::milliseconds heed_pause{};

    explicit Case(const Subject& subject, Time now)
        : rounds(subject), judge(subject.config), next_round(now), heed_after(now) {}
  };

  static void change(Case& one, Subject subject, Time now);
  void begin(Case& one, bool burst, Time now);
  void begin_bursts(Case& suspect, Time now);
  /// False where it must wait for other uplinks' answers first.
  bool end_round(Case& one, Time now);
  void answered_round(Case& one, Time now);
  void end_failed_round(Case& one, Round outcome, Time now);
  [[nodiscard]] bool answered_elsewhere(const Case& one, Time since) const;
  [[nodiscard]] std::optional<Time> others_open_until(const Case& one, Time now) const;
  /// Indices of the targets of `one` that are silent on every uplink that asks them, while others answer.
  [[nodiscard]] std::set<std::size_t> mute(const Case& one) const;
  [[nodiscard]] bool silent_everywhere(const IpAddress& target) const;

  std::map<UplinkId, Case> cases_;
  std::vector<Ask> asks_;
  std::uint64_t next_id_ = 1;
  std::set<UplinkId> recalled_;
};

}  // namespace fairlead::health
