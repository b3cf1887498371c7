#pragma once
// Purpose: rtnetlink objects as the kernel tells them, decoded once for Facts, State, removal checks and events.
// Source: linux/rtnetlink.h, linux/if_addr.h, linux/fib_rules.h.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/ip.hpp"
#include "core/model/state.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::netlink {

struct Link {
  IfIndex index;
  std::string name;
  std::uint32_t flags = 0;  ///< IFF_…
  std::uint32_t mtu = 0;
  std::uint32_t group = 0;  ///< IFLA_GROUP
  std::string kind;         ///< IFLA_INFO_KIND: "vlan", "bridge" …; empty for a card
  IfIndex lower;            ///< IFLA_LINK; 0: none
  IfIndex master;           ///< 0: none
  std::vector<std::uint8_t> hardware_address;
  int vlan = 0;  ///< IFLA_VLAN_ID
};

struct Address {
  IfIndex link;
  Prefix address;             ///< the local one, with host bits
  std::uint32_t flags = 0;    ///< IFA_F_…
  std::uint8_t scope = 0;     ///< RT_SCOPE_…
  std::uint8_t protocol = 0;  ///< IFA_PROTO
};

struct Hop {
  IfIndex link;
  std::optional<IpAddress> gateway;
  int weight = 1;
  std::uint32_t flags = 0;  ///< RTNH_F_…
};

struct Route {
  TableId table;
  Prefix destination;
  std::uint8_t type = 0;      ///< RTN_…
  std::uint8_t protocol = 0;  ///< RTPROT_…
  std::uint32_t flags = 0;    ///< RTM_F_…
  std::uint32_t metric = 0;   ///< as the kernel has it: an IPv6 route that was made without one has 1024
  std::optional<IpAddress> source;
  std::vector<Hop> hops;
};

struct Rule {
  std::uint8_t protocol = 0;  ///< FRA_PROTOCOL
  RuleState state;
};

[[nodiscard]] std::optional<Link> decode_link(const nlmsghdr& message);
[[nodiscard]] std::optional<Address> decode_address(const nlmsghdr& message);
[[nodiscard]] std::optional<Route> decode_route(const nlmsghdr& message);
[[nodiscard]] std::optional<Rule> decode_rule(const nlmsghdr& message);

/// What the kernel filters by, so that a full routing table elsewhere costs nothing. Zeros: everything.
struct RouteFilter {
  std::uint32_t table = 0;
  std::uint8_t protocol = 0;
};

[[nodiscard]] Result<std::vector<Link>> list_links(Socket& socket);
[[nodiscard]] Result<std::vector<Address>> list_addresses(Socket& socket);
[[nodiscard]] Result<std::vector<Route>> list_routes(Socket& socket, Family family, const RouteFilter& filter);
[[nodiscard]] Result<std::vector<Rule>> list_rules(Socket& socket, Family family);

/// IPv6 refuses multipath next hops without a gateway ("Device only routes can not be added"). Such a hop gets
/// this gateway in the kernel; on point-to-point links, the only ones without a gateway, it is never resolved.
inline const IpAddress no_gateway = IpAddress::parse("fe80::fa1e:1ead").value();

using LinkNames = std::map<IfIndex, std::string>;
[[nodiscard]] LinkNames names_of(const std::vector<Link>& links);

/// "02:00:00:00:00:01"; empty for what is no Ethernet address.
[[nodiscard]] std::string mac_text(const std::vector<std::uint8_t>& hardware_address);
/// A bridge, VLAN or macvlan in the model's form; nullopt for any other kind of device.
[[nodiscard]] std::optional<DeviceState> to_state(const Link& link, const LinkNames& names);

/// The route in the model's form: next hops sorted, none for unreachable routes; nullopt for types that State
/// cannot say (blackhole, local …) and for routes over devices that have just gone. IPv6 metric 1024, the
/// kernel's default, reads as 0, so that what was added without a metric is found again.
[[nodiscard]] std::optional<RouteState> to_state(const Route& route, const LinkNames& names);

}  // namespace fairlead::netlink
