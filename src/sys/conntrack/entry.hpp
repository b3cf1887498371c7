#pragma once
// Purpose: what the kernel says of one connection → the model's words.
// Source: linux/netfilter/nfnetlink_conntrack.h (CTA_*), net/netfilter/nf_conntrack_netlink.c.
#include <libmnl/libmnl.h>

#include "core/model/connection.hpp"

namespace fairlead::conntrack {

[[nodiscard]] ConnectionEntry read_entry(const nlmsghdr* message);

}  // namespace fairlead::conntrack
