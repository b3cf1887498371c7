#pragma once
// Purpose: what an uplink's probes told lately: loss, latency and jitter over a sliding window.
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "base/units.hpp"

namespace fairlead::health {

/// Monotonic; given from outside, so that the whole of core/health runs on any clock.
using Time = std::chrono::steady_clock::time_point;
using Micros = std::chrono::microseconds;

struct Quality {
  int asked = 0;
  double loss = 0;                ///< 0…1
  std::optional<Micros> latency;  ///< median of the round trips; none: nothing answered
  Micros jitter{};  ///< mean difference of one round trip to the next of the same target (RFC 3550's idea)
  bool operator==(const Quality&) const = default;
};

class Window {
 public:
  static constexpr auto length = std::chrono::seconds(30);
  /// Latency and jitter look back less far than loss: they are known after a few answers.
  static constexpr auto recent = std::chrono::seconds(10);

  /// `round_trip`: none where the target did not answer.
  void add(Time now, std::size_t target, std::optional<Micros> round_trip);
  void clear() { samples_.clear(); }
  /// What was lost since then is nobody's loss.
  void forgive(Time since);
  /// Of the targets that are not in `ignored`.
  [[nodiscard]] Quality quality(Time now, const std::set<std::size_t>& ignored) const;

 private:
  struct Sample {
    Time when;
    std::size_t target = 0;
    std::optional<Micros> round_trip;
  };
  std::deque<Sample> samples_;
};

}  // namespace fairlead::health
