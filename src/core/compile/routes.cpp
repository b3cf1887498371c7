#include "base/ranges.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

constexpr std::uint32_t connected_metric = 256;
constexpr std::uint32_t default_metric = 10;

/// 100.64.0.1/32 has no subnet; IPv6 link-local subnets are the kernel's.
bool has_subnet(const Prefix& address) { return !address.is_host(); }

RouteState connected_route(TableId table, const std::string& device, const Prefix& address, std::uint32_t metric) {
  return {table, address.network(), metric, address.address, {Nexthop{device, std::nullopt, 1, false}}};
}

Nexthop next_hop(const Uplink& uplink, Family family) {
  const auto& path = uplink.path(family);
  return {uplink.wan->interface, path.gateway, 1, path.gateway && path.onlink};
}

/// Marked packets never leak to another uplink: behind the default stands an unreachable one.
RouteState unreachable(TableId table, Family family) {
  return {table, Prefix::everything(family), ours::unreachable_metric, std::nullopt, {}};
}

void add_uplink_table(const Uplink& uplink, Family family, State& state) {
  const auto table = table_of(uplink.id);
  const auto& path = uplink.path(family);
  state.routes.push_back(unreachable(table, family));
  if (!path.ready) return;  // probes of an uplink that is judged to be down still need its route
  for (const auto& own : path.own)
    if (has_subnet(own)) state.routes.push_back(connected_route(table, uplink.wan->interface, own, connected_metric));
  state.routes.push_back(
      {table, Prefix::everything(family), default_metric, path.address(), {next_hop(uplink, family)}});
}

/// Our addresses are set without a route of the kernel's own (two uplinks may have one subnet), so main gets the
/// connected routes from us; of equal subnets the one with the lower id wins.
void add_connected_routes(const Context& context, State& state) {
  const TableId main{254};
  for (const auto& lan : context.config.lans)
    if (context.facts.link(lan.interface) != nullptr)
      for (const auto& address : lan.addresses)
        if (has_subnet(address))
          state.routes.push_back(connected_route(main, lan.interface, address, connected_metric));
  for (const auto& uplink : context.uplinks)
    if (uplink.link != nullptr)
      for (const auto& address : uplink.set)
        if (has_subnet(address))
          state.routes.push_back(
              connected_route(main, uplink.wan->interface, address, connected_metric + uplink.id.value));
}

void add_balance_table(const Context& context, Family family, State& state) {
  state.routes.push_back(unreachable(balance_table(), family));
  RouteState route{balance_table(),
                   Prefix::everything(family),
                   default_metric,
                   neutral_source(context.config, context.facts, family),
                   {}};
  for (const auto* uplink : active_uplinks(context.uplinks, family)) {
    auto hop = next_hop(*uplink, family);
    hop.weight = uplink->wan->weight;
    route.nexthops.push_back(hop);
  }
  if (route.nexthops.empty()) return;
  if (route.nexthops.size() == 1) route.nexthops.front().weight = 1;
  std::ranges::sort(route.nexthops);
  state.routes.push_back(std::move(route));
}

}  // namespace

void add_routes(const Context& context, State& state) {
  add_connected_routes(context, state);
  for (const auto family : families) {
    for (const auto& uplink : context.uplinks) add_uplink_table(uplink, family, state);
    add_balance_table(context, family, state);
    state.routes.push_back(unreachable(undecided_table(), family));
  }
  make_set(state.routes);
}

}  // namespace fairlead::compile
