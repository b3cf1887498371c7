#include "core/health/latency_order.hpp"

#include <algorithm>

namespace fairlead::health {
namespace {

constexpr Micros least_gain = std::chrono::milliseconds(2);
constexpr int part_gained = 5;

bool overtakes(const std::optional<Micros>& one, const std::optional<Micros>& other) {
  if (!one || !other) return one.has_value() && !other.has_value();
  const auto gain = *other - *one;
  return gain > least_gain && gain > *other / part_gained;
}

}  // namespace

void LatencyOrder::update(const std::map<UplinkId, std::optional<Micros>>& latencies, Time now) {
  std::erase_if(order_, [&](UplinkId id) { return !latencies.contains(id); });
  for (const auto& [id, latency] : latencies)
    if (std::ranges::find(order_, id) == order_.end()) order_.push_back(id);

  // Each moves forward past those that it overtakes; "about as quick" is no order that std::sort could take.
  auto wanted = order_;
  for (std::size_t at = 1; at < wanted.size(); ++at)
    for (auto place = at; place > 0 && overtakes(latencies.at(wanted[place]), latencies.at(wanted[place - 1])); --place)
      std::swap(wanted[place], wanted[place - 1]);

  if (wanted != challenger_) {
    challenger_ = wanted;
    challenged_since_ = now;
  }
  if (now - challenged_since_ >= steadily) order_ = wanted;
}

}  // namespace fairlead::health
