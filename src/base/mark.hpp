#pragma once
// Purpose: the bits of packet and conntrack marks that are Fairlead's, and an uplink's value in them.
// Everything that reads or writes a mark does so through the mask, so that foreign bits survive.
#include <bit>
#include <cassert>
#include <cstdint>

#include "base/ids.hpp"

namespace fairlead {

class MarkMask {
 public:
  static constexpr std::uint32_t default_bits = 0x7f000000;

  constexpr MarkMask() = default;
  constexpr explicit MarkMask(std::uint32_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] constexpr std::uint32_t foreign_bits() const { return ~bits_; }
  [[nodiscard]] constexpr int shift() const { return std::countr_zero(bits_); }
  [[nodiscard]] constexpr bool contiguous() const {
    const std::uint32_t low = bits_ == 0 ? 0 : bits_ >> shift();
    return bits_ != 0 && (low & (low + 1)) == 0;
  }
  /// The largest uplink id that fits; ids start at 1, 0 means "no uplink", and all bits set mean "undecided".
  [[nodiscard]] constexpr std::uint32_t capacity() const { return bits_ == 0 ? 0 : (bits_ >> shift()) - 1; }
  /// Of a packet whose uplink is not chosen yet: for it there is no default route.
  [[nodiscard]] constexpr std::uint32_t undecided() const { return bits_; }
  [[nodiscard]] constexpr std::uint32_t value(UplinkId id) const {
    assert(id.value != 0 && id.value <= capacity());
    return std::uint32_t{id.value} << shift();
  }
  auto operator<=>(const MarkMask&) const = default;

 private:
  std::uint32_t bits_ = default_bits;
};

}  // namespace fairlead
