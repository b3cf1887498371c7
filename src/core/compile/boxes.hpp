#pragma once
// Purpose: policies as boxes in the space of (device, source, destination, protocol, port), so that "who matches
// first" becomes geometry: boxes that do not overlap may be looked up in any order.
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ip.hpp"

namespace fairlead::compile {

__extension__ using Coordinate = unsigned __int128;  // wide enough for an IPv6 address

[[nodiscard]] Coordinate coordinate(const IpAddress& address);
[[nodiscard]] IpAddress address_at(Family family, Coordinate value);

/// A closed interval.
struct Interval {
  Coordinate first = 0;
  Coordinate last = 0;
  [[nodiscard]] bool overlaps(const Interval& other) const { return first <= other.last && other.first <= last; }
  bool operator==(const Interval&) const = default;
};

enum class Field : std::uint8_t { device, source, destination, protocol, port };
inline constexpr std::size_t field_count = 5;

/// Which fields a policy names, a bit each. Fields that are not named hold their whole range in a box.
using Shape = std::uint8_t;
[[nodiscard]] constexpr Shape shape_bit(Field field) { return static_cast<Shape>(1U << static_cast<unsigned>(field)); }

struct Box {
  std::array<Interval, field_count> sides;
  [[nodiscard]] const Interval& side(Field field) const { return sides.at(static_cast<std::size_t>(field)); }
  [[nodiscard]] Interval& side(Field field) { return sides.at(static_cast<std::size_t>(field)); }
  [[nodiscard]] bool overlaps(const Box& other) const {
    for (std::size_t index = 0; index < field_count; ++index)
      if (!sides[index].overlaps(other.sides[index])) return false;
    return true;
  }
  bool operator==(const Box&) const = default;
};

/// What is left of `box` without `hole`, as boxes that do not overlap (at most two a field).
[[nodiscard]] std::vector<Box> subtract(const Box& box, const Box& hole);

/// Overlapping and adjacent intervals joined, in order.
[[nodiscard]] std::vector<Interval> merged(std::vector<Interval> intervals);

}  // namespace fairlead::compile
