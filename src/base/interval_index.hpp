#pragma once
// Purpose: finds those of many closed intervals that overlap another. Intervals are kept by their width (its power of
// two), and within a width by where they begin: a look visits few that do not overlap. Time: logarithmic in their
// number for each width that occurs, and linear in what is found.
#include <cstddef>
#include <map>

namespace fairlead {

/// `Coordinate`: an unsigned integer, also of 128 bits.
template <typename Coordinate>
class IntervalIndex {
 public:
  void add(Coordinate first, Coordinate last, std::size_t item) {
    by_width_[width_of(last - first)].emplace(first, Entry{last, item});
  }

  /// Calls `wanted` with items whose interval overlaps, in no order, until it returns true; whether it did.
  template <typename Wanted>
  bool any(Coordinate first, Coordinate last, const Wanted& wanted) const {
    for (const auto& [width, entries] : by_width_) {
      const Coordinate reach = largest_of(width);
      const auto end = entries.upper_bound(last);
      for (auto entry = entries.lower_bound(first > reach ? first - reach : 0); entry != end; ++entry)
        if (entry->second.last >= first && wanted(entry->second.item)) return true;
    }
    return false;
  }

 private:
  struct Entry {
    Coordinate last;
    std::size_t item;
  };

  static int width_of(Coordinate length) {
    int bits = 0;
    for (; length != 0; length >>= 1U) ++bits;
    return bits;
  }
  /// The longest of this width.
  static Coordinate largest_of(int width) {
    constexpr int all_bits = 8 * sizeof(Coordinate);
    return width == 0 ? 0 : static_cast<Coordinate>(-1) >> static_cast<unsigned>(all_bits - width);
  }

  std::map<int, std::multimap<Coordinate, Entry>> by_width_;
};

}  // namespace fairlead
