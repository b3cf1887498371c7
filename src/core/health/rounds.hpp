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
  void extend(Time deadline) { deadline_ = std::max(deadline_, deadline); }
  /// Every kind of probe had a success in this round.
  [[nodiscard]] bool answered() const;
  /// Nothing more can come: every ask of this round has an answer or has failed.
  [[nodiscard]] bool settled() const;
  [[nodiscard]] bool gateway_answered() const { return gateway_answered_; }
  /// A target (not the gateway) answered something that was asked at `since` or later.
  [[nodiscard]] bool target_answered_since(Time since) const { return latest_answer_ && *latest_answer_ >= since; }
  /// What a failed round failed with, for people.
  [[nodiscard]] std::string why() const;

  /// Rounds in a row that this target has missed.
  [[nodiscard]] int misses(std::size_t target) const { return misses_.at(target); }
  [[nodiscard]] Quality quality(Time now, const std::set<std::size_t>& ignored) const {
    return window_.quality(now, ignored);
  }
  /// What was known of a line that is gone says nothing of the next one.
  void forget();

 private:
  struct Pending {
    std::optional<std::size_t> target;  // none: the gateway
    std::size_t probe = 0;
    Time sent;
    bool of_this_round = true;
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
  bool gateway_answered_ = false;
  Time begun_;
  Time deadline_;
  std::optional<Time> latest_answer_;  // when the latest ask that was answered had been sent
  std::size_t turn_ = 0;
  Micros slowest_{};  // of late, decaying
};

}  // namespace fairlead::health
