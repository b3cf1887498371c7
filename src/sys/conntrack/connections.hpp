#pragma once
// Purpose: the TCP connections of an uplink, as the hosts behind this router see them.
// Source: linux/netfilter/nfnetlink_conntrack.h.
#include <cstdint>
#include <vector>

#include "base/endpoint.hpp"
#include "base/error.hpp"

namespace fairlead::conntrack {

struct TcpConnection {
  Endpoint inside;   ///< the host behind the router
  Endpoint outside;  ///< its peer, with the address that the host knows
  bool operator==(const TcpConnection&) const = default;
};

/// Those with (mark & mask) == value, IPv4 and IPv6; the kernel filters.
[[nodiscard]] Result<std::vector<TcpConnection>> tcp_connections(std::uint32_t value, std::uint32_t mask);

}  // namespace fairlead::conntrack
