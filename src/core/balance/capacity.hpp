#pragma once
// Purpose: what each uplink can carry, for choosing by load: what the file says of it, else what it was seen to carry;
// less while its other direction is full, or while its latency shows a queue. See docs/balance.md for the figures.
#include <cstdint>
#include <map>
#include <optional>

#include "base/ids.hpp"

namespace fairlead::balance {

/// Bits a second, from the internet and to it.
struct Rates {
  double down = 0;
  double up = 0;
};

/// What is known of an uplink beforehand.
struct Terms {
  std::optional<Rates> declared;  ///< the file's `bandwidth`
  int weight = 1;                 ///< stands in for what is not known
};

struct Capacity {
  std::uint32_t kbit = 1;  ///< a second; compared with those of the others, at least 1
  bool full = false;       ///< a direction carries what it can
  bool operator==(const Capacity&) const = default;
};

class CapacityBook {
 public:
  /// Uplinks that are not among them are forgotten; what was learned of the others stays.
  void follow(std::map<UplinkId, Terms> uplinks);
  /// What it carries now, over about two seconds, and how long answers take.
  void note(UplinkId uplink, const Rates& now, std::optional<double> latency_ms);

  /// Of all uplinks that are followed.
  [[nodiscard]] std::map<UplinkId, Capacity> capacities() const;

 private:
  struct Line {
    Terms terms;
    Rates now;
    Rates most;                       ///< seen so far, sinking slowly
    std::optional<double> latency;    ///< ms, of now
    std::optional<double> unhurried;  ///< ms, the lowest seen, rising slowly
    bool full = false;
    bool up_is_full = false;
  };
  [[nodiscard]] double down_of(const Line& line) const;
  std::map<UplinkId, Line> lines_;
};

}  // namespace fairlead::balance
