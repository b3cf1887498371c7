#pragma once
// Purpose: one question to the connection table and its answers. Source: linux/netfilter/nfnetlink.h.
#include <linux/netfilter/nfnetlink.h>

#include <array>
#include <cstdint>
#include <optional>

#include <libmnl/libmnl.h>

#include "base/error.hpp"
#include "base/ip.hpp"

namespace fairlead::conntrack {

using Buffer = std::array<std::uint8_t, 65536>;

/// A request of this kind (IPCTNL_MSG_…) for one family, or for both, to be acknowledged.
[[nodiscard]] nlmsghdr* start(Buffer& buffer, unsigned kind, std::optional<Family> family = std::nullopt);

/// Sends and reads up to the acknowledgement, or the end of a dump; replies go to `visit`.
[[nodiscard]] Result<void> exchange(Buffer& buffer, const nlmsghdr* request, mnl_cb_t visit, void* data);

}  // namespace fairlead::conntrack
