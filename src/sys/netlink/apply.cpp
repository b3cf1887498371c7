#include "sys/netlink/apply.hpp"

#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "sys/netlink/encode.hpp"
#include "sys/netlink/objects.hpp"

namespace fairlead::netlink {

namespace {

constexpr int create = NLM_F_CREATE | NLM_F_EXCL;

/// Sends; kernel errors in `fine` count as done.
Result<void> send(Socket& socket, Request& request, std::initializer_list<int> fine = {}) {
  const auto answer = socket.request(request);
  if (!answer) return std::unexpected(answer.error());
  if (answer->ok() || std::ranges::find(fine, answer->error) != fine.end()) return {};
  return std::unexpected(answer->as_error("the kernel refuses"));
}

bool same_route(const RouteState& one, const RouteState& other) {
  return one.table == other.table && one.destination == other.destination && one.metric == other.metric;
}

/// Our routes with the same identity: none or one, or more where IPv6 was given them one by one.
Result<std::vector<RouteState>> find_ours(Socket& socket, const RouteState& wanted) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const auto routes =
      list_routes(socket, wanted.destination.family(), {.table = wanted.table.value, .protocol = ours::route_protocol});
  if (!routes) return std::unexpected(routes.error());
  const LinkNames names = names_of(*links);
  std::vector<RouteState> found;
  for (const auto& route : *routes) {
    if (route.protocol != ours::route_protocol) continue;
    if (auto state = to_state(route, names); state && same_route(*state, wanted)) found.push_back(*std::move(state));
  }
  return found;
}

Result<bool> is_present(Socket& socket, const RuleState& wanted) {
  const auto rules = list_rules(socket, wanted.family);
  if (!rules) return std::unexpected(rules.error());
  return std::ranges::any_of(
      *rules, [&](const Rule& rule) { return rule.protocol == ours::route_protocol && rule.state == wanted; });
}

/// What the kernel lacks where it does not know a kind of device.
std::string missing_for(const DeviceState& device) {
  if (device.is_bridge()) return "this kernel has no bridges: load the module bridge (option BRIDGE)";
  if (device.is_macvlan()) return "this kernel has no macvlan: load the module macvlan (option MACVLAN)";
  return "this kernel has no 802.1Q: load the module 8021q (option VLAN_8021Q)";
}

Result<bool> is_present(Socket& socket, const DeviceState& wanted) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const LinkNames names = names_of(*links);
  return std::ranges::any_of(*links, [&](const Link& link) { return to_state(link, names) == wanted; });
}

Result<void> run(Socket& socket, const Add<DeviceState>& step) {
  IfIndex trunk;
  if (!step.object.is_bridge()) {
    const auto found = socket.need_link(step.object.trunk);
    if (!found) return std::unexpected(found.error());
    trunk = *found;
  }
  Request request = encode_new_device(step.object, trunk);
  const auto answer = socket.request(request);
  if (!answer) return std::unexpected(answer.error());
  if (answer->error == EOPNOTSUPP) return fail(missing_for(step.object));
  if (answer->error == EEXIST) {
    const auto present = is_present(socket, step.object);
    if (!present) return std::unexpected(present.error());
    if (*present) return {};
    return fail(fmt::format("there is another device {} already: remove it, or rename it", step.object.name));
  }
  if (!answer->ok()) return std::unexpected(answer->as_error("the kernel refuses"));
  return {};
}

Result<void> run(Socket& socket, const Remove<DeviceState>& step) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const auto found = std::ranges::find(*links, step.object.name, &Link::name);
  if (found == links->end() || found->group != ours::device_group) return {};
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(found->index.value);
  Request request(RTM_DELLINK, 0, header);
  return send(socket, request, {ENODEV});
}

/// `bridge` 0: out of the one that it is in.
Result<void> set_master(Socket& socket, IfIndex port, IfIndex bridge) {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(port.value);
  Request request(RTM_NEWLINK, 0, header);
  request.u32(IFLA_MASTER, bridge.value);
  return send(socket, request);
}

/// A bridge takes the smallest address of its ports, and changes it when ports come and go: hosts would send to one
/// that is gone. So the first port gives it one for good: its own, marked as locally administered (IEEE 802).
Result<void> settle_address(Socket& socket, const std::vector<Link>& links, const Link& bridge, const Link& port) {
  constexpr std::size_t ethernet = 6;
  constexpr std::uint8_t local = 0x02;
  const bool has_ports = std::ranges::find(links, bridge.index, &Link::master) != links.end();
  if (has_ports || bridge.group != ours::device_group || port.hardware_address.size() != ethernet) return {};
  auto address = port.hardware_address;
  address.front() |= local;
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(bridge.index.value);
  Request request(RTM_NEWLINK, 0, header);
  request.raw(IFLA_ADDRESS, address.data(), address.size());
  return send(socket, request);
}

Result<void> run(Socket& socket, const Add<PortState>& step) {
  const auto links = list_links(socket);
  if (!links) return std::unexpected(links.error());
  const auto bridge = std::ranges::find(*links, step.object.bridge, &Link::name);
  const auto port = std::ranges::find(*links, step.object.link, &Link::name);
  for (const auto& [found, name] : {std::pair(bridge, step.object.bridge), std::pair(port, step.object.link)})
    if (found == links->end()) return fail(fmt::format("there is no device {}", name));
  if (auto settled = settle_address(socket, *links, *bridge, *port); !settled) return settled;
  return set_master(socket, port->index, bridge->index);
}

Result<void> run(Socket& socket, const Remove<PortState>& step) {
  const auto port = socket.find_link(step.object.link);
  if (!port) return std::unexpected(port.error());
  return *port ? set_master(socket, **port, IfIndex{0}) : Result<void>{};
}

Result<void> run(Socket& socket, const SetLinkUp& step) {
  const auto link = socket.need_link(step.link);
  if (!link) return std::unexpected(link.error());
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(link->value);
  header.ifi_flags = step.up ? IFF_UP : 0;
  header.ifi_change = IFF_UP;
  Request request(RTM_NEWLINK, 0, header);
  return send(socket, request);
}

Result<void> run(Socket& socket, const Add<AddressState>& step) {
  const auto link = socket.need_link(step.object.link);
  if (!link) return std::unexpected(link.error());
  Request request = encode_address(RTM_NEWADDR, create, step.object, *link);
  return send(socket, request, {EEXIST});  // set by others, it serves as well
}

Result<void> run(Socket& socket, const Remove<AddressState>& step) {
  const auto link = socket.find_link(step.object.link);
  if (!link) return std::unexpected(link.error());
  if (!*link) return {};
  // The kernel deletes whatever has this address; that it is ours is for us to check.
  const auto addresses = list_addresses(socket);
  if (!addresses) return std::unexpected(addresses.error());
  const bool present = std::ranges::any_of(*addresses, [&](const Address& address) {
    return address.link == **link && address.address == step.object.address && address.protocol == ours::route_protocol;
  });
  if (!present) return {};
  Request request = encode_address(RTM_DELADDR, 0, step.object, **link);
  return send(socket, request, {EADDRNOTAVAIL, ENODEV});
}

Result<void> run(Socket& socket, const Add<RouteState>& step) {
  auto request = encode_new_route(socket, create, step.object);
  if (!request) return std::unexpected(request.error());
  const auto answer = socket.request(*request);
  if (!answer) return std::unexpected(answer.error());
  if (answer->error == EEXIST) {
    const auto found = find_ours(socket, step.object);
    if (!found) return std::unexpected(found.error());
    RouteState wanted = step.object;
    std::ranges::sort(wanted.nexthops);
    if (found->size() == 1 && found->front() == wanted) return {};
  }
  if (!answer->ok()) return std::unexpected(answer->as_error("the kernel refuses"));
  return {};
}

Result<void> run(Socket& socket, const Remove<RouteState>& step) {
  // Looked up first: to IPv4, metric 0 in a deletion means "any", and would take the next best.
  const auto found = find_ours(socket, step.object);
  if (!found) return std::unexpected(found.error());
  for (const auto& route : *found) {
    Request request = encode_delete_route(route);
    if (auto done = send(socket, request, {ESRCH, ENOENT}); !done) return done;
  }
  return {};
}

Result<void> run(Socket& socket, const ReplaceRoute& step) {
  assert(same_route(step.before, step.after));
  auto request = encode_new_route(socket, NLM_F_CREATE | NLM_F_REPLACE, step.after);
  if (!request) return std::unexpected(request.error());
  return send(socket, *request);
}

Result<void> run(Socket& socket, const Add<RuleState>& step) {
  Request request = encode_rule(RTM_NEWRULE, create, step.object);
  const auto answer = socket.request(request);
  if (!answer) return std::unexpected(answer.error());
  if (answer->error == EEXIST) {
    const auto present = is_present(socket, step.object);
    if (!present) return std::unexpected(present.error());
    if (*present) return {};
  }
  if (!answer->ok()) return std::unexpected(answer->as_error("the kernel refuses"));
  return {};
}

Result<void> run(Socket& socket, const Remove<RuleState>& step) {
  // Looked up first: in a deletion the kernel takes selectors that are not given as "any".
  const auto present = is_present(socket, step.object);
  if (!present) return std::unexpected(present.error());
  if (!*present) return {};
  Request request = encode_rule(RTM_DELRULE, 0, step.object);
  return send(socket, request, {ENOENT, ESRCH});
}

template <typename Other>
Result<void> run(Socket&, const Other&) {
  return fail("not a step for netlink");
}

}  // namespace

Result<void> apply(Socket& socket, const Step& step) {
  auto done = std::visit([&](const auto& kind) { return run(socket, kind); }, step);
  if (!done) return std::unexpected(done.error().in(to_text(step)));
  return {};
}

}  // namespace fairlead::netlink
