#pragma once
// Purpose: the rounds of probes of one uplink: whom to ask next, who has answered, and when a round is over. While all
// is well a round asks one target, in turn; in a burst it asks all of them and the gateway. What a round means for the
// uplink is decided by the panel, which sees all uplinks.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "core/health/window.hpp"
#include "core/model/config.hpp"

namespace fairlead::health {

/// One question to one target by one uplink.
struct Ask {
  std::uint64_t id = 0;
  UplinkId uplink;
  std::optional<IpAddress> target;   ///< none: the gateway
  std::optional<ProbeConfig> probe;  ///< none: whether the gateway is there (ARP, neighbour discovery)
};

/// What can be asked of an uplink at this moment.
struct Subject {
  UplinkId id;
  HealthConfig config;
  std::vector<IpAddress> targets;                     ///< of the families that the uplink has
  bool gateway = false;                               ///< there is one, and it may be asked
  bool usable = true;                                 ///< link, address and gateway are there
  std::string why;                                    ///< why it is not usable
  std::array<std::optional<IpAddress>, 2> sources{};  ///< what it is asked from, by family
  bool leased = false;                                ///< its IPv4 address is lent
  bool operator==(const Subject&) const = default;
};

class Rounds {
 public:
  explicit Rounds(Subject subject);

  /// Keeps what is known of targets that stay.
  void change(Subject subject);
  [[nodiscard]] const Subject& subject() const { return subject_; }

  /// Begins a round; an open one is dropped. `next_id` counts on.
  std::vector<Ask> begin(bool burst, bool with_gateway, const std::set<std::size_t>& mute, Time now,
                         std::uint64_t& next_id);
  /// `round_trip`: none where it failed for good, and `why` says how. True where the ask was one of ours.
  bool answer(std::uint64_t id, std::optional<Micros> round_trip, const std::string& why, Time now);
  /// Ends the round; targets that have not answered by now have missed it.
  void close();

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] bool is_burst() const { return burst_; }
  [[nodiscard]] Time begun() const { return begun_; }
  [[nodiscard]] Time deadline() const { return deadline_; }
  /// When it is over, if nothing more is heard.
  [[nodiscard]] Time ends() const;
  /// A refusal is no more than silence, and comes sooner: what is refused for less than this is no failure.
  [[nodiscard]] Micros hiccup() const;
  /// To wait for what others are told.
  void extend(Time deadline);
  /// It may be judged; while it waits for others, again and again.
  [[nodiscard]] bool over(Time now) const { return open_ && (answered() || extended_ || now >= ends()); }
  /// Every kind of probe had a success in this round.
  [[nodiscard]] bool answered() const;
  /// Nothing more can come: every ask of this round has an answer or has failed.
  [[nodiscard]] bool settled() const;
  [[nodiscard]] bool gateway_answered() const { return gateway_answered_; }
  /// The kinds of probe without a success in this round.
  [[nodiscard]] std::vector<ProbeConfig> missing() const;
  /// No target at all answered what loss is measured by (the first kind of probe).
  [[nodiscard]] bool silent() const { return !successes_.front(); }
  /// A target (not the gateway) answered this kind of probe, asked at `since` or later; any kind, where this one is not
  /// asked for here.
  [[nodiscard]] bool target_answered_since(Time since, const ProbeConfig& kind) const;
  /// What a failed round failed with, for people.
  [[nodiscard]] std::string why() const;

  /// Rounds in a row that this target has missed.
  [[nodiscard]] int misses(std::size_t target) const { return misses_.at(target); }
  [[nodiscard]] Quality quality(Time now, const std::set<std::size_t>& ignored) const {
    return window_.quality(now, ignored);
  }
  /// What was known of a line that is gone says nothing of the next one.
  void forget();
  /// No target answered anybody since then: what was lost, or is on its way and will be, is not the uplink's loss.
  void forgive(Time since);

  /// A family's address is new: it counts when a target of that family (where there is none but the gateway: that) has
  /// answered.
  void doubt(Family family);
  void believe() { doubted_ = {}; }
  [[nodiscard]] const std::array<bool, 2>& doubted() const { return doubted_; }

 private:
  struct Pending {
    std::optional<std::size_t> target;  // none: the gateway
    std::size_t probe = 0;
    Time sent;
    bool of_this_round = true;
    bool forgiven = false;
  };

  void ask_target(std::size_t target, Time now, std::uint64_t& next_id, std::vector<Ask>& asks);
  [[nodiscard]] bool only_gateway() const { return subject_.targets.empty(); }
  [[nodiscard]] std::size_t next_turn(const std::set<std::size_t>& mute);
  [[nodiscard]] Micros patience(bool burst) const;

  Subject subject_;
  Window window_;
  std::vector<int> misses_;      // by target
  std::vector<bool> successes_;  // by probe, in this round
  std::set<std::size_t> asked_;  // targets of this round that have not answered
  std::map<std::uint64_t, Pending> pending_;
  std::string failure_;
  bool open_ = false;
  bool burst_ = false;
  bool extended_ = false;
  bool gateway_answered_ = false;
  Time begun_;
  Time deadline_;
  std::map<std::size_t, Time> latest_answers_;  // by probe: when the latest ask that was answered had been sent
  std::array<bool, 2> doubted_{};               // by family
  std::size_t turn_ = 0;
  Micros slowest_{};  // of late, decaying
};

}  // namespace fairlead::health
