#include "core/compile/boxes.hpp"

#include <algorithm>
#include <span>

namespace fairlead::compile {

Coordinate coordinate(const IpAddress& address) {
  Coordinate value = 0;
  for (const auto byte : address.bytes()) value = value << 8U | byte;
  return value;
}

IpAddress address_at(Family family, Coordinate value) {
  std::array<std::uint8_t, 16> bytes{};
  const auto size = static_cast<std::size_t>(address_bits(family) / 8);
  for (auto index = size; index-- > 0; value >>= 8U) bytes.at(index) = static_cast<std::uint8_t>(value & 0xffU);
  return IpAddress::from_bytes(family, std::span(bytes).first(size));
}

std::vector<Box> subtract(const Box& box, const Box& hole) {
  if (!box.overlaps(hole)) return {box};
  std::vector<Box> rest;
  Box middle = box;  // shrinks to the overlap, field by field
  for (std::size_t index = 0; index < field_count; ++index) {
    const auto& cut = hole.sides[index];
    if (middle.sides[index].first < cut.first) {
      Box below = middle;
      below.sides[index].last = cut.first - 1;
      rest.push_back(below);
      middle.sides[index].first = cut.first;
    }
    if (middle.sides[index].last > cut.last) {
      Box above = middle;
      above.sides[index].first = cut.last + 1;
      rest.push_back(above);
      middle.sides[index].last = cut.last;
    }
  }
  return rest;
}

std::vector<Interval> merged(std::vector<Interval> intervals) {
  std::ranges::sort(intervals, {}, &Interval::first);
  std::vector<Interval> result;
  for (const auto& interval : intervals) {
    // Nothing follows the largest coordinate, so "+ 1" below cannot wrap where it matters.
    const bool touches =
        !result.empty() && (interval.first <= result.back().last || interval.first == result.back().last + 1);
    if (touches)
      result.back().last = std::max(result.back().last, interval.last);
    else
      result.push_back(interval);
  }
  return result;
}

}  // namespace fairlead::compile
