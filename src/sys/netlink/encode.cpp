#include "sys/netlink/encode.hpp"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "sys/netlink/objects.hpp"

namespace fairlead::netlink {

namespace {

/// The fixed header and the attributes that identify a route.
Request start_route(int type, int flags, const RouteState& route, std::uint8_t scope) {
  rtmsg header{};
  header.rtm_family = to_kernel(route.destination.family());
  header.rtm_dst_len = static_cast<std::uint8_t>(route.destination.length);
  if (route.table.value < 256) header.rtm_table = static_cast<std::uint8_t>(route.table.value);
  header.rtm_protocol = ours::route_protocol;
  header.rtm_type = route.nexthops.empty() ? RTN_UNREACHABLE : RTN_UNICAST;
  header.rtm_scope = scope;
  if (route.nexthops.size() == 1 && route.nexthops.front().onlink) header.rtm_flags = RTNH_F_ONLINK;
  Request request(type, flags, header);
  request.u32(RTA_TABLE, route.table.value);
  if (route.destination.length != 0) request.address(RTA_DST, route.destination.network().address);
  if (route.metric != 0) request.u32(RTA_PRIORITY, route.metric);
  return request;
}

void add_gateway(Request& request, const Nexthop& hop, Family family) {
  if (!hop.gateway) return;
  if (hop.gateway->family() == family) {
    request.address(RTA_GATEWAY, *hop.gateway);
    return;
  }
  std::vector<std::uint8_t> via(sizeof(rtvia));
  const std::uint16_t via_family = to_kernel(hop.gateway->family());
  std::memcpy(via.data(), &via_family, sizeof(via_family));
  via.insert(via.end(), hop.gateway->bytes().begin(), hop.gateway->bytes().end());
  request.raw(RTA_VIA, via.data(), via.size());
}

void add_multipath_hop(Request& request, const Nexthop& hop, IfIndex link, Family family) {
  const std::size_t start = request.size();
  rtnexthop header{};
  header.rtnh_hops = static_cast<std::uint8_t>(hop.weight - 1);
  header.rtnh_ifindex = static_cast<int>(link.value);
  header.rtnh_flags = hop.onlink ? RTNH_F_ONLINK : 0;
  request.append(&header, sizeof(header));
  Nexthop said = hop;
  if (family == Family::v6 && !hop.gateway) said.gateway = no_gateway;
  add_gateway(request, said, family);
  request.close(start);
}

const char* kind_of(const DeviceState& device) {
  if (device.is_bridge()) return "bridge";
  return device.is_macvlan() ? "macvlan" : "vlan";
}

std::vector<std::uint8_t> mac_bytes(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (const auto part : split(text, ':')) {
    std::uint8_t byte = 0;
    constexpr int hexadecimal = 16;
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), byte, hexadecimal);
    if (problem != std::errc{}) return {};
    bytes.push_back(byte);
  }
  return bytes;
}

std::uint8_t scope_of(const IpAddress& address) {
  if (address.is_link_local()) return RT_SCOPE_LINK;
  return address == ours::anchor_address().address ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
}

}  // namespace

Request encode_new_device(const DeviceState& device, IfIndex trunk) {
  ifinfomsg header{};
  // The other router may use this MAC address now: when the device comes up is a step of its own.
  header.ifi_flags = device.is_macvlan() ? 0 : IFF_UP;
  header.ifi_change = IFF_UP;
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, header);
  request.text(IFLA_IFNAME, device.name);
  request.u32(IFLA_GROUP, ours::device_group);
  if (!device.is_bridge()) request.u32(IFLA_LINK, trunk.value);
  if (const auto mac = mac_bytes(device.mac); !mac.empty()) request.raw(IFLA_ADDRESS, mac.data(), mac.size());
  const auto info = request.open(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, kind_of(device));
  if (!device.is_bridge()) {
    const auto data = request.open(IFLA_INFO_DATA);
    if (device.is_macvlan())
      request.u32(IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE);
    else
      request.u16(IFLA_VLAN_ID, static_cast<std::uint16_t>(device.vlan));
    request.close(data);
  }
  request.close(info);
  return request;
}

Request encode_address(int type, int flags, const AddressState& address, IfIndex link) {
  const Prefix& prefix = address.address;
  ifaddrmsg header{};
  header.ifa_family = to_kernel(prefix.family());
  header.ifa_prefixlen = static_cast<std::uint8_t>(prefix.length);
  header.ifa_scope = scope_of(prefix.address);
  header.ifa_index = link.value;
  Request request(type, flags, header);
  request.address(IFA_LOCAL, prefix.address).address(IFA_ADDRESS, prefix.address);
  if (type == RTM_DELADDR) return request;
  std::uint32_t address_flags = IFA_F_NOPREFIXROUTE;
  if (prefix.family() == Family::v6) address_flags |= IFA_F_NODAD;
  if (prefix.family() == Family::v4 && prefix.length < 31) request.address(IFA_BROADCAST, prefix.last());
  return request.u32(IFA_FLAGS, address_flags).u8(IFA_PROTO, ours::route_protocol);
}

Result<Request> encode_new_route(Socket& socket, int flags, const RouteState& route) {
  const Family family = route.destination.family();
  const bool on_link = !route.nexthops.empty() &&
                       std::ranges::none_of(route.nexthops, [](const auto& hop) { return hop.gateway.has_value(); });
  Request request =
      start_route(RTM_NEWROUTE, flags, route, on_link && family == Family::v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
  if (route.source) request.address(RTA_PREFSRC, *route.source);

  std::vector<IfIndex> links;
  for (const auto& hop : route.nexthops) {
    const auto link = socket.need_link(hop.link);
    if (!link) return std::unexpected(link.error());
    links.push_back(*link);
  }
  if (route.nexthops.size() == 1) {
    request.u32(RTA_OIF, links.front().value);
    add_gateway(request, route.nexthops.front(), family);
  } else if (!route.nexthops.empty()) {
    const std::size_t nest = request.open(RTA_MULTIPATH);
    for (std::size_t i = 0; i < links.size(); ++i) add_multipath_hop(request, route.nexthops[i], links[i], family);
    request.close(nest);
  }
  return request;
}

Request encode_delete_route(const RouteState& route) {
  RouteState identity = route;
  // To the kernel no metric means any metric; for IPv6 the default can be said.
  if (identity.destination.family() == Family::v6 && identity.metric == 0) identity.metric = 1024;
  return start_route(RTM_DELROUTE, 0, identity, RT_SCOPE_NOWHERE);
}

Request encode_rule(int type, int flags, const RuleState& rule) {
  fib_rule_hdr header{};
  header.family = to_kernel(rule.family);
  header.action = rule.go_to ? FR_ACT_GOTO : FR_ACT_TO_TBL;
  if (rule.table && rule.table->value < 256) header.table = static_cast<std::uint8_t>(rule.table->value);
  if (rule.source) header.src_len = static_cast<std::uint8_t>(rule.source->length);
  Request request(type, flags, header);
  request.u32(FRA_PRIORITY, rule.priority).u8(FRA_PROTOCOL, ours::route_protocol);
  if (rule.mark) request.u32(FRA_FWMARK, *rule.mark).u32(FRA_FWMASK, rule.mark_mask);
  if (!rule.output_link.empty()) request.text(FRA_OIFNAME, rule.output_link);
  if (rule.source && rule.source->length != 0) request.address(FRA_SRC, rule.source->network().address);
  if (rule.table) request.u32(FRA_TABLE, rule.table->value);
  if (rule.go_to) request.u32(FRA_GOTO, *rule.go_to);
  if (rule.suppress_default) request.u32(FRA_SUPPRESS_PREFIXLEN, 0);
  return request;
}

}  // namespace fairlead::netlink
