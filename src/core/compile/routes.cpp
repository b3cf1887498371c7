#include "base/ranges.hpp"
#include "core/compile/delegation.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

// Below 256, which the kernel's own routes of IPv6 have: those of an address that the system has set, or that was made
// from an advertisement before Fairlead ran.
constexpr std::uint32_t connected_metric = 128;
constexpr std::uint32_t default_metric = 10;

/// 100.64.0.1/32 has no subnet; IPv6 link-local subnets are the kernel's.
bool has_subnet(const Prefix& address) { return !address.is_host(); }

/// A route goes with its preferred source, so those of a pair, whose addresses come and go, have none.
std::optional<IpAddress> lasting(const Context& context, std::optional<IpAddress> source) {
  return context.is_pair() ? std::nullopt : source;
}

RouteState connected_route(const Context& context, TableId table, const std::string& device, const Prefix& address,
                           std::uint32_t metric) {
  return {
      table, address.network(), metric, lasting(context, address.address), {Nexthop{device, std::nullopt, 1, false}}};
}

/// Of several addresses in one subnet the first is the preferred source, where routes have one.
void add_subnets(const Context& context, TableId table, const std::string& device, const std::vector<Prefix>& addresses,
                 std::uint32_t metric, State& state) {
  std::vector<Prefix> subnets;
  for (const auto& address : addresses) {
    if (!has_subnet(address) || contains(subnets, address.network())) continue;
    subnets.push_back(address.network());
    state.routes.push_back(connected_route(context, table, device, address, metric));
  }
}

/// While the other router of a pair has the address, no prefix of this one covers the gateway.
Nexthop next_hop(const Context& context, const Uplink& uplink, Family family) {
  const auto& path = uplink.path(family);
  const bool needs_onlink = path.onlink || (context.is_pair() && family == Family::v4);
  return {uplink.wan->interface, path.gateway, 1, path.gateway && needs_onlink};
}

/// Marked packets never leak to another uplink: behind the default stands an unreachable one.
RouteState unreachable(TableId table, Family family) {
  return {table, Prefix::everything(family), ours::unreachable_metric, std::nullopt, {}};
}

void add_uplink_table(const Context& context, const Uplink& uplink, Family family, State& state) {
  const auto table = table_of(uplink.id);
  const auto& path = uplink.path(family);
  state.routes.push_back(unreachable(table, family));
  if (!path.ready) return;  // probes of an uplink that is judged to be down still need its route
  add_subnets(context, table, uplink.wan->interface, path.own, connected_metric, state);
  state.routes.push_back({table,
                          Prefix::everything(family),
                          default_metric,
                          lasting(context, path.address()),
                          {next_hop(context, uplink, family)}});
}

/// Our addresses are set without a route of the kernel's own (two uplinks may have one subnet), so main gets the
/// connected routes from us; of equal subnets the one with the lower id wins.
void add_connected_routes(const Context& context, State& state) {
  const TableId main{254};
  for (const auto& lan : context.config.lans)
    if (context.facts.link(lan.interface) != nullptr)
      add_subnets(context, main, lan.interface, lan.addresses, connected_metric, state);
  for (const auto& uplink : context.uplinks) {
    if (uplink.link == nullptr || uplink.rests) continue;
    auto near = uplink.set;
    if (context.is_pair()) near.insert(near.end(), uplink.wan->addresses.begin(), uplink.wan->addresses.end());
    add_subnets(context, main, uplink.wan->interface, near, connected_metric + uplink.id.value, state);
  }
  if (context.is_pair() && context.facts.link(context.config.ha->interface) != nullptr)
    state.routes.push_back(
        connected_route(context, main, context.config.ha->interface, context.config.ha->address, connected_metric));
}

/// What of a delegated prefix no LAN has must not go back to the provider, who sends it here (RFC 7084, WPD-5).
void add_delegated(const Context& context, State& state) {
  for (const auto& uplink : context.uplinks)
    if (const auto* delegated = delegated_to(*uplink.wan, context.facts); delegated && delegated->prefix.length < 64)
      state.routes.push_back({TableId{254}, delegated->prefix, ours::unreachable_metric, std::nullopt, {}});
}

/// A router that is on standby reaches the internet as a host of its LAN does, where it has an address there.
void add_way_by_the_other_router(const Context& context, RouteState& route) {
  const auto family = route.destination.family();
  for (const auto& lan : context.config.lans)
    for (const auto& own : own_addresses(*context.config.ha, lan.name))
      for (const auto& shared : lan.addresses)
        if (route.nexthops.empty() && own.family() == family && own.contains(shared.address) &&
            context.facts.has_address(lan.interface, own.address)) {
          route.source = own.address;
          route.nexthops = {{lan.interface, shared.address, 1, family == Family::v4}};
        }
}

void add_balance_table(const Context& context, Family family, State& state) {
  state.routes.push_back(unreachable(balance_table(), family));
  RouteState route{balance_table(),
                   Prefix::everything(family),
                   default_metric,
                   neutral_source(context.config, context.facts, family),
                   {}};
  if (context.on_standby()) {
    add_way_by_the_other_router(context, route);
  } else {
    for (const auto* uplink : active_uplinks(context.uplinks, family)) {
      auto hop = next_hop(context, *uplink, family);
      hop.weight = uplink->wan->weight;
      route.nexthops.push_back(hop);
    }
  }
  if (route.nexthops.empty()) return;
  if (route.nexthops.size() == 1) route.nexthops.front().weight = 1;
  std::ranges::sort(route.nexthops);
  state.routes.push_back(std::move(route));
}

}  // namespace

void add_routes(const Context& context, State& state) {
  add_connected_routes(context, state);
  add_delegated(context, state);
  for (const auto family : families) {
    for (const auto& uplink : context.uplinks) add_uplink_table(context, uplink, family, state);
    add_balance_table(context, family, state);
    state.routes.push_back(unreachable(undecided_table(), family));
  }
  make_set(state.routes);
}

}  // namespace fairlead::compile
