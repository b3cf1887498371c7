#pragma once
// Purpose: the kernel's present state in the model's words: Facts for compiling, ObservedState for planning.
// Reads only. What is asked for is filtered by the kernel where it can.
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/facts.hpp"
#include "core/model/state.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::netlink {

/// Devices, addresses and the unicast routes of the main table that are not ours, in the kernel's order. Next
/// hops that are dead (their device is down) are left out; IPv6 link-local gateways are kept.
[[nodiscard]] Result<Facts> observe_facts(Socket& socket);

/// Everything but sysctls and nft. `links_up` and `foreign_addresses` tell of `devices` only; our addresses are
/// told wherever they are. A link-local address that the kernel made is foreign like any other.
[[nodiscard]] Result<ObservedState> observe_state(Socket& socket, const std::vector<std::string>& devices);

}  // namespace fairlead::netlink
