#pragma once
// Purpose: the verdict on one uplink from what its rounds of probes told: separate counts for down and up, degraded
// above a loss or a latency, and damping of those that flap (the idea of RFC 2439, with a fixed hold that doubles).
// Pure: time comes from outside.
#include <optional>
#include <string>
#include <utility>

#include "core/health/window.hpp"
#include "core/model/config.hpp"
#include "core/model/health.hpp"

namespace fairlead::health {

enum class Round : std::uint8_t {
  answered,     ///< every kind of probe had a success
  failed,       ///< none for at least one kind, and the uplink is to blame
  inconclusive  ///< of one kind at least nothing answered anywhere, but the gateway did: no one knows
};

class Judge {
 public:
  explicit Judge(HealthConfig config) : config_(std::move(config)) {}

  /// Limits may change while the verdict stays.
  void configure(const HealthConfig& config) { config_ = config; }

  /// Link, address and gateway are there, or not; what is lost is down at once, what comes back must first prove
  /// itself.
  void facts(bool usable, const std::string& why, Time now);
  /// It has another address than before: what was known of the old one says nothing of it. It is out until its first
  /// answer, and that is not held against it.
  void moved();
  /// An earlier run, or the other router of a pair, found it to be down: the same as moved().
  void recall();
  /// The other router of a pair has seen it flap: it is the last resort until then.
  void hold(Time until);
  /// A round has ended. `why` tells what failed, for people.
  void round(Round outcome, const std::string& why, const Quality& quality, Time now);

  [[nodiscard]] const UplinkHealth& health() const { return health_; }
  /// Down, or held back: an uplink that must prove itself.
  [[nodiscard]] bool is_out() const { return health_.verdict == Verdict::down || health_.verdict == Verdict::held; }
  /// Until when it is at most held, though it answers; none: it does not flap.
  [[nodiscard]] std::optional<Time> held_until() const { return held_until_; }

 private:
  void go_down(const std::string& why, Time now);
  void come_up(Time now);
  void grade(const Quality& quality);
  void must_prove_itself(const std::string& why);
  /// One round more has told that it works.
  void recover(Time now);

  HealthConfig config_;
  UplinkHealth health_;
  std::string cause_;  // why it went down latest
  int failures_ = 0;
  int successes_ = 0;
  int flaps_ = 0;
  bool usable_ = true;
  bool has_been_up_ = false;
  std::optional<Time> up_since_;  // none: since the start
  std::optional<Time> held_until_;
};

}  // namespace fairlead::health
