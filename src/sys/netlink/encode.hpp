#pragma once
// Purpose: the model's objects as rtnetlink requests, stamped with our protocol number. Devices are resolved to
// their index at the last moment.
#include <linux/rtnetlink.h>

#include "base/error.hpp"
#include "core/model/state.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::netlink {

/// RTM_NEWLINK of a device that is up at once and carries our group. `trunk` is a VLAN's.
[[nodiscard]] Request encode_new_device(const DeviceState& device, IfIndex trunk);

/// RTM_NEWADDR or RTM_DELADDR.
[[nodiscard]] Request encode_address(int type, int flags, const AddressState& address, IfIndex link);

/// RTM_NEWROUTE, with every next hop.
[[nodiscard]] Result<Request> encode_new_route(Socket& socket, int flags, const RouteState& route);
/// RTM_DELROUTE by identity: all its next hops go, whatever they are.
[[nodiscard]] Request encode_delete_route(const RouteState& route);

/// RTM_NEWRULE or RTM_DELRULE.
[[nodiscard]] Request encode_rule(int type, int flags, const RuleState& rule);

}  // namespace fairlead::netlink
