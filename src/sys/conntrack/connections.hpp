#pragma once
// Purpose: the TCP connections of an uplink, as the hosts behind this router see them.
// Source: linux/netfilter/nfnetlink_conntrack.h.
#include <cstdint>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/error.hpp"

namespace fairlead::conntrack {

struct TcpConnection {
  Endpoint inside;   ///< the host behind the router
  Endpoint outside;  ///< its peer, with the address that the host knows
  bool operator==(const TcpConnection&) const = default;
};

/// Those with (mark & mask) == value, of one family or of both; the kernel filters.
[[nodiscard]] Result<std::vector<TcpConnection>> tcp_connections(std::uint32_t value, std::uint32_t mask,
                                                                 std::optional<Family> family = std::nullopt);

}  // namespace fairlead::conntrack
