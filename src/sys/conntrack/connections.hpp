#pragma once
// Purpose: the connections that the kernel knows. In the network namespace of the calling thread.
// Source: linux/netfilter/nfnetlink_conntrack.h.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/error.hpp"
#include "core/model/connection.hpp"

namespace fairlead::conntrack {

/// As the host behind this router sees it.
struct TcpConnection {
  Endpoint inside;   ///< the host behind the router
  Endpoint outside;  ///< its peer, with the address that the host knows
  bool operator==(const TcpConnection&) const = default;
};

/// Those with (mark & mask) == value, of one family or of both; the kernel filters.
[[nodiscard]] Result<std::vector<TcpConnection>> tcp_connections(std::uint32_t value, std::uint32_t mask,
                                                                 std::optional<Family> family = std::nullopt);

/// All of them, one after the other; they come and go meanwhile. About a microsecond each.
[[nodiscard]] Result<void> each_connection(const std::function<void(const ConnectionEntry&)>& visit);

/// This very entry, and no other that has taken its place. Errors: it is not there any more.
[[nodiscard]] Result<void> remove(const ConnectionEntry& entry);

}  // namespace fairlead::conntrack
