#pragma once
// Purpose: suspicion from an uplink's own traffic, between two probes: packets leave, and what should come back does
// not. A suspicion is no verdict: it makes the panel ask at once. Pure: the device's counters come in, with the time.
#include <cstdint>
#include <optional>

#include "core/health/window.hpp"

namespace fairlead::health {

/// Packets of a device since it exists.
struct Traffic {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  bool operator==(const Traffic&) const = default;
};

class Silence {
 public:
  /// How often samples are taken while nothing is odd.
  static constexpr auto pace = std::chrono::milliseconds(100);

  /// `round_trip`: the uplink's usual one; none where it is not known. True where this sample makes it suspicious:
  /// - packets have left for max(150 ms, 3 round trips), and nothing at all has come since the first of them; or
  /// - on a busy line, for as long, hardly anything has come any more of what came before, while packets go on to
  ///   leave. This is how it looks where neighbours on the provider's cable keep talking (ARP, multicast).
  bool sample(const Traffic& now_is, std::optional<Micros> round_trip, Time now);
  /// When the next sample is wanted.
  [[nodiscard]] Time next() const { return next_; }
  /// What was seen of a line that is gone says nothing of the next one.
  void forget() { *this = {}; }

 private:
  [[nodiscard]] bool nothing_comes(const Traffic& grown, std::chrono::microseconds patience, Time now);
  [[nodiscard]] bool hardly_anything_comes(const Traffic& grown, std::chrono::microseconds patience, Time now);

  std::optional<Traffic> before_;
  Time sampled_;
  Time next_;
  std::optional<Time> unanswered_since_;
  std::uint64_t unanswered_ = 0;
  double usual_rate_ = 0;  // packets a second that come, of late
  std::optional<Time> quiet_since_;
  std::uint64_t sent_in_quiet_ = 0;
};

}  // namespace fairlead::health
