#pragma once
// Purpose: the checksum of the internet's protocols. Source: RFC 1071.
#include <cstdint>
#include <span>

namespace fairlead {

/// Of bytes in network order; a last odd one counts as if a 0 followed. The result is a number of this machine: its
/// high byte comes first in the packet.
[[nodiscard]] std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes);

}  // namespace fairlead
