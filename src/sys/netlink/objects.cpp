#include "sys/netlink/objects.hpp"

#include <fmt/format.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>

namespace fairlead::netlink {

namespace {

constexpr std::uint32_t default_ipv6_metric = 1024;  // IP6_RT_PRIO_USER

/// RTA_GATEWAY, or RTA_VIA where the gateway is of the other family (RFC 5549).
std::optional<IpAddress> gateway_in(const Attributes& attributes, Family family) {
  if (auto gateway = attributes.address(RTA_GATEWAY, family)) return gateway;
  const auto via = attributes.find(RTA_VIA);
  if (via.size() < sizeof(rtvia)) return std::nullopt;
  rtvia header{};
  std::memcpy(&header, via.data(), sizeof(header));
  const auto via_family = from_kernel(header.rtvia_family);
  const auto bytes = via.subspan(sizeof(rtvia));
  if (!via_family || bytes.size() < static_cast<std::size_t>(address_bits(*via_family) / 8)) return std::nullopt;
  return IpAddress::from_bytes(*via_family, bytes.first(static_cast<std::size_t>(address_bits(*via_family) / 8)));
}

/// The next hops of RTA_MULTIPATH: a list of struct rtnexthop, each with attributes behind it.
std::vector<Hop> decode_multipath(std::span<const std::uint8_t> bytes, Family family) {
  std::vector<Hop> hops;
  while (bytes.size() >= sizeof(rtnexthop)) {
    rtnexthop header{};
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.rtnh_len < sizeof(rtnexthop) || header.rtnh_len > bytes.size()) break;
    const Attributes attributes(bytes.subspan(sizeof(rtnexthop), header.rtnh_len - sizeof(rtnexthop)));
    hops.push_back({.link = IfIndex{static_cast<std::uint32_t>(header.rtnh_ifindex)},
                    .gateway = gateway_in(attributes, family),
                    .weight = header.rtnh_hops + 1,
                    .flags = header.rtnh_flags});
    bytes = bytes.subspan(std::min<std::size_t>((header.rtnh_len + 3U) & ~3U, bytes.size()));
  }
  return hops;
}

/// An address attribute with the length from the fixed header; everything where the attribute is missing.
std::optional<Prefix> prefix_in(const Attributes& attributes, int attribute, Family family, int length) {
  if (length == 0) return Prefix::everything(family);
  const auto address = attributes.address(attribute, family);
  if (!address) return std::nullopt;
  return Prefix{*address, length};
}

template <typename Object, typename Decode>
Result<std::vector<Object>> list(Socket& socket, Request& request, std::string_view what, const Decode& decode) {
  const auto messages = socket.dump(request);
  if (!messages) return std::unexpected(messages.error().in(what));
  std::vector<Object> objects;
  messages->for_each([&](const nlmsghdr& message) {
    if (auto object = decode(message)) objects.push_back(*std::move(object));
  });
  return objects;
}

}  // namespace

std::optional<Link> decode_link(const nlmsghdr& message) {
  const auto header = fixed_header<ifinfomsg>(message);
  const Attributes attributes(message, sizeof(header));
  const auto name = attributes.text(IFLA_IFNAME);
  if (!name) return std::nullopt;
  const Attributes info(attributes.find(IFLA_LINKINFO));
  const Attributes data(info.find(IFLA_INFO_DATA));
  const auto address = attributes.find(IFLA_ADDRESS);
  Link link{.index = IfIndex{static_cast<std::uint32_t>(header.ifi_index)},
            .name = *name,
            .flags = header.ifi_flags,
            .mtu = attributes.u32(IFLA_MTU).value_or(0),
            .group = attributes.u32(IFLA_GROUP).value_or(0),
            .kind = info.text(IFLA_INFO_KIND).value_or(""),
            .lower = IfIndex{attributes.u32(IFLA_LINK).value_or(0)},
            .master = IfIndex{attributes.u32(IFLA_MASTER).value_or(0)},
            .hardware_address = {address.begin(), address.end()}};
  if (link.kind == "vlan") link.vlan = data.u16(IFLA_VLAN_ID).value_or(0);
  return link;
}

std::optional<Address> decode_address(const nlmsghdr& message) {
  const auto header = fixed_header<ifaddrmsg>(message);
  const auto family = from_kernel(header.ifa_family);
  if (!family) return std::nullopt;
  const Attributes attributes(message, sizeof(header));
  // On point-to-point links IFA_ADDRESS is the peer's.
  auto address = attributes.address(IFA_LOCAL, *family);
  if (!address) address = attributes.address(IFA_ADDRESS, *family);
  if (!address) return std::nullopt;
  return Address{.link = IfIndex{header.ifa_index},
                 .address = Prefix{*address, header.ifa_prefixlen},
                 .flags = attributes.u32(IFA_FLAGS).value_or(header.ifa_flags),
                 .scope = header.ifa_scope,
                 .protocol = attributes.u8(IFA_PROTO).value_or(0)};
}

std::optional<Route> decode_route(const nlmsghdr& message) {
  const auto header = fixed_header<rtmsg>(message);
  const auto family = from_kernel(header.rtm_family);
  if (!family) return std::nullopt;
  const Attributes attributes(message, sizeof(header));
  const auto destination = prefix_in(attributes, RTA_DST, *family, header.rtm_dst_len);
  if (!destination) return std::nullopt;
  Route route{.table = TableId{attributes.u32(RTA_TABLE).value_or(header.rtm_table)},
              .destination = *destination,
              .type = header.rtm_type,
              .protocol = header.rtm_protocol,
              .flags = header.rtm_flags,
              .metric = attributes.u32(RTA_PRIORITY).value_or(0),
              .source = attributes.address(RTA_PREFSRC, *family),
              .hops = {}};
  if (attributes.has(RTA_MULTIPATH)) {
    route.hops = decode_multipath(attributes.find(RTA_MULTIPATH), *family);
  } else if (const auto link = attributes.u32(RTA_OIF)) {
    route.hops.push_back(
        {.link = IfIndex{*link}, .gateway = gateway_in(attributes, *family), .weight = 1, .flags = header.rtm_flags});
  }
  return route;
}

std::optional<Rule> decode_rule(const nlmsghdr& message) {
  const auto header = fixed_header<fib_rule_hdr>(message);
  const auto family = from_kernel(header.family);
  if (!family) return std::nullopt;
  const Attributes attributes(message, sizeof(header));
  Rule rule{.protocol = attributes.u8(FRA_PROTOCOL).value_or(0), .state = {}};
  rule.state.family = *family;
  rule.state.priority = attributes.u32(FRA_PRIORITY).value_or(0);
  if (const auto mask = attributes.u32(FRA_FWMASK)) {
    rule.state.mark = attributes.u32(FRA_FWMARK).value_or(0);
    rule.state.mark_mask = *mask;
  }
  rule.state.output_link = attributes.text(FRA_OIFNAME).value_or("");
  if (header.src_len != 0) rule.state.source = prefix_in(attributes, FRA_SRC, *family, header.src_len);
  if (header.action == FR_ACT_GOTO) {
    rule.state.go_to = attributes.u32(FRA_GOTO).value_or(0);
  } else if (header.action == FR_ACT_TO_TBL) {
    rule.state.table = TableId{attributes.u32(FRA_TABLE).value_or(header.table)};
  }
  rule.state.suppress_default = attributes.u32(FRA_SUPPRESS_PREFIXLEN) == 0U;
  return rule;
}

Result<std::vector<Link>> list_links(Socket& socket) {
  Request request(RTM_GETLINK, 0, ifinfomsg{});
  request.u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  return list<Link>(socket, request, "devices", decode_link);
}

Result<std::vector<Address>> list_addresses(Socket& socket) {
  Request request(RTM_GETADDR, 0, ifaddrmsg{});
  return list<Address>(socket, request, "addresses", decode_address);
}

Result<std::vector<Route>> list_routes(Socket& socket, Family family, const RouteFilter& filter) {
  rtmsg header{};
  header.rtm_family = to_kernel(family);
  header.rtm_protocol = filter.protocol;
  Request request(RTM_GETROUTE, 0, header);
  if (filter.table != 0) request.u32(RTA_TABLE, filter.table);
  return list<Route>(socket, request, "routes", decode_route);
}

Result<std::vector<Rule>> list_rules(Socket& socket, Family family) {
  fib_rule_hdr header{};
  header.family = to_kernel(family);
  Request request(RTM_GETRULE, 0, header);
  return list<Rule>(socket, request, "rules", decode_rule);
}

std::string mac_text(const std::vector<std::uint8_t>& hardware_address) {
  constexpr std::size_t ethernet = 6;
  return hardware_address.size() == ethernet ? fmt::format("{:02x}", fmt::join(hardware_address, ":")) : "";
}

LinkNames names_of(const std::vector<Link>& links) {
  LinkNames names;
  for (const auto& link : links) names.emplace(link.index, link.name);
  return names;
}

std::optional<DeviceState> to_state(const Link& link, const LinkNames& names) {
  if (link.kind == "bridge") return DeviceState{link.name, "", 0, ""};
  const auto trunk = names.find(link.lower);
  const auto lower = trunk == names.end() ? "" : trunk->second;
  if (link.kind == "vlan" && link.vlan != 0) return DeviceState{link.name, lower, link.vlan, ""};
  if (link.kind == "macvlan") return DeviceState{link.name, lower, 0, mac_text(link.hardware_address)};
  return std::nullopt;
}

std::optional<RouteState> to_state(const Route& route, const LinkNames& names) {
  if (route.type != RTN_UNICAST && route.type != RTN_UNREACHABLE) return std::nullopt;
  RouteState state{.table = route.table,
                   .destination = route.destination,
                   .metric = route.metric,
                   .source = route.source,
                   .nexthops = {}};
  if (state.destination.family() == Family::v6 && state.metric == default_ipv6_metric) state.metric = 0;
  if (route.type == RTN_UNREACHABLE) return state;  // IPv6 tells device lo here
  for (const auto& hop : route.hops) {
    const auto name = names.find(hop.link);
    if (name == names.end()) return std::nullopt;
    state.nexthops.push_back({.link = name->second,
                              .gateway = hop.gateway == no_gateway ? std::nullopt : hop.gateway,
                              .weight = hop.weight,
                              .onlink = (hop.flags & RTNH_F_ONLINK) != 0});
  }
  std::ranges::sort(state.nexthops);
  return state;
}

}  // namespace fairlead::netlink
