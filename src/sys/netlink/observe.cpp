#include "sys/netlink/observe.hpp"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>

#include "sys/netlink/objects.hpp"

namespace fairlead::netlink {

namespace {

constexpr auto rules4_needed = "IPv4 routing rules (the kernel's option IP_MULTIPLE_TABLES)";
constexpr auto rules6_needed =
    "IPv6 routing rules (the kernel's option IPV6_MULTIPLE_TABLES, and IPv6 not switched off at boot)";
constexpr std::uint32_t lower_up = 1U << 16;  // IFF_LOWER_UP; linux/if.h cannot stand beside net/if.h

bool names_device(const std::vector<std::string>& devices, const std::string& name) {
  return std::ranges::find(devices, name) != devices.end();
}

LinkFact to_fact(const Link& link) {
  return {.name = link.name,
          .index = link.index,
          .up = (link.flags & IFF_UP) != 0,
          .carrier = (link.flags & lower_up) != 0,
          .point_to_point = (link.flags & IFF_POINTOPOINT) != 0,
          .mtu = link.mtu,
          .mac = mac_text(link.hardware_address)};
}

AddressFact to_fact(const Address& address, const std::string& link) {
  const IpAddress& ip = address.address.address;
  return {.link = link,
          .address = address.address,
          .global = address.scope == RT_SCOPE_UNIVERSE && !ip.is_link_local() && !ip.is_loopback(),
          .usable = (address.flags & (IFA_F_TENTATIVE | IFA_F_DEPRECATED | IFA_F_DADFAILED)) == 0 ||
                    // An optimistic address may be used while its uniqueness is still being checked (RFC 4429).
                    (address.flags & (IFA_F_OPTIMISTIC | IFA_F_DEPRECATED | IFA_F_DADFAILED)) == IFA_F_OPTIMISTIC,
          .ours = address.protocol == ours::route_protocol};
}

Result<void> observe_main_routes(Socket& socket, const LinkNames& names, Facts& facts) {
  for (const Family family : families) {
    const auto routes = list_routes(socket, family, {.table = RT_TABLE_MAIN, .protocol = 0});
    if (!routes) return std::unexpected(routes.error());
    for (const auto& route : *routes) {
      const bool cloned = (route.flags & RTM_F_CLONED) != 0;
      if (route.type != RTN_UNICAST || route.protocol == ours::route_protocol || cloned) continue;
      for (const auto& hop : route.hops) {
        const auto name = names.find(hop.link);
        if (name == names.end() || (hop.flags & RTNH_F_DEAD) != 0) continue;
        facts.routes.push_back(
            {.destination = route.destination, .link = name->second, .gateway = hop.gateway, .metric = route.metric});
      }
    }
  }
  return {};
}

Result<void> observe_routes(Socket& socket, const LinkNames& names, ObservedState& state) {
  for (const Family family : families) {
    const auto routes = list_routes(socket, family, {.table = 0, .protocol = ours::route_protocol});
    if (!routes) return std::unexpected(routes.error());
    for (const auto& route : *routes) {
      const bool in_block = route.table.value >= ours::table_base && route.table.value <= ours::table_last;
      if (route.protocol != ours::route_protocol || (!in_block && route.table.value != RT_TABLE_MAIN)) continue;
      if (auto found = to_state(route, names)) state.routes.push_back(*std::move(found));
    }
  }
  std::ranges::sort(state.routes);
  return {};
}

Result<void> observe_rules(Socket& socket, ObservedState& state) {
  for (const Family family : families) {
    auto rules = list_rules(socket, family);
    if (!rules) return std::unexpected(rules.error().in(family == Family::v4 ? rules4_needed : rules6_needed));
    for (auto& rule : *rules) {
      const bool in_block = rule.state.priority >= ours::rule_first && rule.state.priority <= ours::rule_last;
      if (rule.protocol == ours::route_protocol && in_block) state.rules.push_back(std::move(rule.state));
    }
  }
  std::ranges::sort(state.rules);
  return {};
}

void observe_devices(const std::vector<Link>& links, const LinkNames& names, ObservedState& state) {
  for (const auto& link : links) {
    if (auto device = to_state(link, names))
      (link.group == ours::device_group ? state.devices : state.foreign_devices).push_back(*std::move(device));
    if (const auto bridge = names.find(link.master); bridge != names.end())
      state.ports.push_back({link.name, bridge->second});
  }
  std::ranges::sort(state.devices);
  std::ranges::sort(state.foreign_devices);
  std::ranges::sort(state.ports);
}

}  // namespace

Result<Facts> observe_facts(Socket& socket) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const auto addresses = list_addresses(socket);
  if (!addresses) return std::unexpected(addresses.error());
  const LinkNames names = names_of(*links);

  Facts facts;
  for (const auto& link : *links) facts.links.push_back(to_fact(link));
  for (const auto& address : *addresses) {
    const auto name = names.find(address.link);
    if (name != names.end()) facts.addresses.push_back(to_fact(address, name->second));
  }
  if (auto done = observe_main_routes(socket, names, facts); !done) return std::unexpected(done.error());
  return facts;
}

Result<ObservedState> observe_state(Socket& socket, const std::vector<std::string>& devices) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const auto addresses = list_addresses(socket);
  if (!addresses) return std::unexpected(addresses.error());
  const LinkNames names = names_of(*links);

  ObservedState state;
  observe_devices(*links, names, state);
  for (const auto& link : *links) {
    if ((link.flags & IFF_UP) != 0 && names_device(devices, link.name)) state.links_up.push_back(link.name);
  }
  for (const auto& address : *addresses) {
    const auto name = names.find(address.link);
    if (name == names.end()) continue;
    if (address.protocol == ours::route_protocol) {
      state.addresses.push_back({.link = name->second, .address = address.address});
    } else if (names_device(devices, name->second)) {
      state.foreign_addresses.push_back({.link = name->second, .address = address.address});
    }
  }
  if (auto done = observe_routes(socket, names, state); !done) return std::unexpected(done.error());
  if (auto done = observe_rules(socket, state); !done) return std::unexpected(done.error());
  std::ranges::sort(state.links_up);
  std::ranges::sort(state.addresses);
  std::ranges::sort(state.foreign_addresses);
  return state;
}

}  // namespace fairlead::netlink
