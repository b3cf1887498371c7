#pragma once
// Purpose: the kernel's connection table: remove the connections of an uplink, and count. In the network
// namespace of the calling thread. Source: linux/netfilter/nfnetlink_conntrack.h, net/netfilter/nf_conntrack_netlink.c.
#include <cstdint>
#include <optional>

#include "base/error.hpp"
#include "base/ip.hpp"

namespace fairlead::conntrack {

/// Deletes every connection, of one family or of both, with (mark & mask) == value; one request, filtered by the
/// kernel.
/// `mask` must not be 0: that would be every connection. Connections in a flowtable are left by the kernel.
[[nodiscard]] Result<void> delete_by_mark(std::uint32_t value, std::uint32_t mask,
                                          std::optional<Family> family = std::nullopt);

/// Connections in the table now.
[[nodiscard]] Result<std::uint64_t> count();
/// So many the table takes (nf_conntrack_max).
[[nodiscard]] Result<std::uint64_t> limit();

}  // namespace fairlead::conntrack
