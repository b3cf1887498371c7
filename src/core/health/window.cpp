#include "core/health/window.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace fairlead::health {

void Window::add(Time now, std::size_t target, std::optional<Micros> round_trip) {
  samples_.push_back({now, target, round_trip});
  while (samples_.front().when < now - length) samples_.pop_front();
}

void Window::forgive(Time since) {
  std::erase_if(samples_, [&](const Sample& sample) { return sample.when >= since && !sample.round_trip; });
}

Quality Window::quality(Time now, const std::set<std::size_t>& ignored) const {
  Quality result;
  int lost = 0;
  std::vector<Micros> trips;
  std::map<std::size_t, Micros> latest;
  Micros differences{};
  int pairs = 0;
  for (const auto& sample : samples_) {
    if (ignored.contains(sample.target) || sample.when < now - length) continue;
    ++result.asked;
    if (!sample.round_trip) {
      ++lost;
      continue;
    }
    if (sample.when < now - recent) continue;
    trips.push_back(*sample.round_trip);
    const auto [before, is_first] = latest.try_emplace(sample.target, *sample.round_trip);
    if (!is_first) {
      differences += std::chrono::abs(*sample.round_trip - before->second);
      before->second = *sample.round_trip;
      ++pairs;
    }
  }
  if (result.asked > 0) result.loss = static_cast<double>(lost) / result.asked;
  if (pairs > 0) result.jitter = differences / pairs;
  if (!trips.empty()) {
    const auto middle = trips.begin() + static_cast<std::ptrdiff_t>(trips.size() / 2);
    std::ranges::nth_element(trips, middle);
    result.latency = *middle;
  }
  return result;
}

}  // namespace fairlead::health
