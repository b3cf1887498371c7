#include "core/charts/chart.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace fairlead::charts {
namespace {

constexpr std::size_t fine_in_coarse = Chart::coarse_step / Chart::fine_step;

float mean_of(std::span<const Point> points, float Point::* field) {
  double sum = 0;
  int count = 0;
  for (const auto& point : points)
    if (!std::isnan(point.*field)) {
      sum += static_cast<double>(point.*field);
      ++count;
    }
  return count == 0 ? nothing : static_cast<float>(sum / count);
}

/// What is not there (`nothing`) does not count.
Point mean_of(std::span<const Point> points) {
  Point mean;
  for (const auto field : {&Point::down, &Point::up, &Point::latency, &Point::loss, &Point::connections})
    mean.*field = mean_of(points, field);
  return mean;
}

}  // namespace

void Chart::add(const Point& point) {
  fine_.add(point);
  if (++since_coarse_ < fine_in_coarse) return;
  since_coarse_ = 0;
  coarse_.add(mean_of(fine_.newest(fine_in_coarse)));
}

void Chart::Ring::add(const Point& point) {
  if (points_.size() < capacity_) {
    points_.push_back(point);
    return;
  }
  points_[next_] = point;
  next_ = (next_ + 1) % capacity_;
}

std::vector<Point> Chart::Ring::newest(std::size_t count) const {
  auto all = points_;
  std::ranges::rotate(all, all.begin() + static_cast<std::ptrdiff_t>(next_));
  if (all.size() > count) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
  return all;
}

std::vector<Point> Chart::Ring::grouped(std::size_t group) const {
  const auto all = newest(capacity_);
  std::vector<Point> grouped;
  for (std::size_t end = all.size(); end > 0;) {
    const auto start = end > group ? end - group : 0;
    grouped.push_back(mean_of(std::span(all).subspan(start, end - start)));
    end = start;
  }
  std::ranges::reverse(grouped);
  return grouped;
}

}  // namespace fairlead::charts
