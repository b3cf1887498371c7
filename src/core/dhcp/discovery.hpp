#pragma once
// Purpose: the packets by which other DHCP servers of a LAN are found: a DHCPDISCOVER as a whole Ethernet frame, and
// what any server sends to a host. The frames come from a LAN: nothing in them is trusted. Source: RFC 2131, RFC 2132.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ip.hpp"

namespace fairlead::dhcp {

using MacAddress = std::array<std::uint8_t, 6>;

/// "02:00:00:00:00:01"
[[nodiscard]] std::string to_text(const MacAddress& mac);

/// Asks every server of the link to answer to everyone; `id` tells its answers from others.
[[nodiscard]] std::vector<std::uint8_t> discover_frame(const MacAddress& from, std::uint32_t id);

struct ServerSighting {
  IpAddress server;  ///< as it calls itself (option 54), else where the packet came from
  MacAddress mac{};
  bool operator==(const ServerSighting&) const = default;
};

/// None where the frame is no DHCP server's message to a host.
[[nodiscard]] std::optional<ServerSighting> parse_server_frame(std::span<const std::uint8_t> frame);

}  // namespace fairlead::dhcp
