#pragma once
// Purpose: carries out one step of a plan on devices, addresses, routes and rules. Safe to run twice: what is
// there already, or gone already, is success. Only what carries our protocol number is ever removed.
// Errors name the step as ip(8) would and hold the kernel's own words.
#include "base/error.hpp"
#include "core/model/plan.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::netlink {

/// Every step but those of sysctls, nft and programs, which are other folders' business and an error here.
///
/// Addresses get no prefix route (two uplinks may share a subnet) and, for IPv6, no duplicate address detection:
/// an address without it is usable at once instead of a second later, and it is the file that says it is ours.
/// A route is told apart by destination, table and metric; IPv6 metric 0 is the kernel's default, 1024.
/// A weight beside no other next hop is not kept by the kernel.
[[nodiscard]] Result<void> apply(Socket& socket, const Step& step);

}  // namespace fairlead::netlink
