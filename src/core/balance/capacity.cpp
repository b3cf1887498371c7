#include "core/balance/capacity.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::balance {
namespace {

/// A direction is full from 90 % on, and has room again below 75 %, so that it does not change with every sample.
constexpr double full_from = 0.9;
constexpr double room_below = 0.75;
/// For each sample of two seconds: half is forgotten within a day.
constexpr double memory = 0.999984;
/// Nothing is known of an uplink that nobody used yet; by its weight it is taken for at least this part of the best.
constexpr double benefit_of_doubt = 0.25;
constexpr double factor_of_full_up = 0.5;
/// Latency that tells of a queue: this much above the lowest, and half again of that.
constexpr double patience_ms = 10;
constexpr double least_factor = 0.25;
/// The lowest latency is forgotten within an hour or so: routes change.
constexpr double rise = 1.0005;

bool is_full(bool was, double carries, double capacity) {
  return capacity > 0 && carries >= capacity * (was ? room_below : full_from);
}

}  // namespace

void CapacityBook::follow(std::map<UplinkId, Terms> uplinks) {
  std::erase_if(lines_, [&](const auto& line) { return !uplinks.contains(line.first); });
  for (auto& [id, terms] : uplinks) lines_[id].terms = terms;
}

void CapacityBook::note(UplinkId uplink, const Rates& now, std::optional<double> latency_ms) {
  const auto found = lines_.find(uplink);
  if (found == lines_.end()) return;
  auto& line = found->second;
  line.now = now;
  line.most.down = std::max(line.most.down * memory, now.down);
  line.most.up = std::max(line.most.up * memory, now.up);
  line.latency = latency_ms;
  if (latency_ms) line.unhurried = std::min(line.unhurried.value_or(*latency_ms) * rise, *latency_ms);
  // What was learned is full whenever it is reached, so only what is declared can be.
  const auto& declared = line.terms.declared;
  line.up_is_full = declared && is_full(line.up_is_full, now.up, declared->up);
  line.full = declared && (line.up_is_full || is_full(line.full, now.down, declared->down));
}

double CapacityBook::down_of(const Line& line) const {
  if (line.terms.declared) return line.terms.declared->down;
  double best = 0;  // for each part of weight
  for (const auto& [id, other] : lines_) {
    const double down = other.terms.declared ? other.terms.declared->down : other.most.down;
    best = std::max(best, down / other.terms.weight);
  }
  return std::max(line.most.down, best * line.terms.weight * benefit_of_doubt);
}

std::map<UplinkId, Capacity> CapacityBook::capacities() const {
  std::map<UplinkId, Capacity> result;
  const bool nothing_known = std::ranges::all_of(lines_, [&](const auto& line) { return down_of(line.second) <= 0; });
  for (const auto& [id, line] : lines_) {
    double kbit = nothing_known ? 1000.0 * line.terms.weight : down_of(line) / 1000;
    if (line.up_is_full) kbit *= factor_of_full_up;
    if (line.latency && line.unhurried) {
      const double usual = *line.unhurried * 1.5 + patience_ms;
      kbit *= std::clamp(usual / *line.latency, least_factor, 1.0);
    }
    result[id] = {static_cast<std::uint32_t>(std::clamp(std::round(kbit), 1.0, 4e9)), line.full};
  }
  return result;
}

}  // namespace fairlead::balance
