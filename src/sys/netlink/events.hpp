#pragma once
// Purpose: netlink sockets on which the kernel tells what changes. Source: netlink(7).
#include <linux/netlink.h>

#include <functional>
#include <span>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::netlink {

/// Nonblocking, in the calling thread's network namespace; `groups` are RTNLGRP_… or NFNLGRP_….
[[nodiscard]] Result<Fd> subscribe(int protocol, std::span<const int> groups);

/// Reads all that is there. `overrun` is called where the kernel had to drop some.
[[nodiscard]] Result<void> drain(int fd, const std::function<void(const nlmsghdr&)>& note,
                                 const std::function<void()>& overrun);

}  // namespace fairlead::netlink
