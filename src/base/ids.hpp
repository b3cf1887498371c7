#pragma once
// Purpose: numbers that must not be mixed up, each a type of its own.
#include <compare>
#include <cstdint>
#include <functional>

namespace fairlead {

template <typename Tag, typename Number = std::uint32_t>
struct StrongId {
  Number value{};
  auto operator<=>(const StrongId&) const = default;
};

/// 1…126 (UplinkId::max); stable over reloads and restarts, since conntrack marks outlive them.
struct UplinkIdTag {};
using UplinkId = StrongId<UplinkIdTag, std::uint8_t>;
inline constexpr UplinkId max_uplink_id{126};

/// A routing table number (RTA_TABLE, FRA_TABLE).
struct TableIdTag {};
using TableId = StrongId<TableIdTag>;

/// A network device's index in the kernel; changes when a device is made anew, so only sys and Facts use it.
struct IfIndexTag {};
using IfIndex = StrongId<IfIndexTag>;

}  // namespace fairlead

template <typename Tag, typename Number>
struct std::hash<fairlead::StrongId<Tag, Number>> {
  std::size_t operator()(const fairlead::StrongId<Tag, Number>& id) const noexcept {
    return std::hash<Number>{}(id.value);
  }
};
