#include "core/plan/difference.hpp"

#include <algorithm>
#include <tuple>

#include "base/ranges.hpp"
#include "core/plan/nft_difference.hpp"

namespace fairlead::plan {
namespace {

bool switches_forwarding(const std::string& path) {
  return path.ends_with("/ip_forward") || path.ends_with("/forwarding");
}

void plan_sysctls(const State& want, const ObservedState& have, bool forwarding, Plan& plan) {
  for (const auto& [path, value] : want.sysctls) {
    const auto found = have.sysctls.find(path);
    if (found != have.sysctls.end() && found->second != value && switches_forwarding(path) == forwarding)
      plan.steps.emplace_back(SetSysctl{path, found->second, value});
  }
}

auto identity(const RouteState& route) { return std::tie(route.table, route.destination, route.metric); }

const RouteState* same_route(const std::vector<RouteState>& routes, const RouteState& wanted) {
  const auto found =
      std::ranges::find_if(routes, [&](const RouteState& route) { return identity(route) == identity(wanted); });
  return found == routes.end() ? nullptr : &*found;
}

void plan_new_routes(const State& want, const ObservedState& have, Plan& plan) {
  // A default route needs its gateway to be reachable, so connected routes come first.
  std::vector<const RouteState*> order;
  for (const auto& route : want.routes) order.push_back(&route);
  std::ranges::stable_sort(order, std::greater{}, [](const RouteState* route) { return route->destination.length; });
  for (const auto* route : order) {
    const auto* present = same_route(have.routes, *route);
    if (present == nullptr)
      plan.steps.emplace_back(Add<RouteState>{*route});
    else if (*present != *route)
      plan.steps.emplace_back(ReplaceRoute{*present, *route});
  }
}

template <typename Object>
void plan_additions(const std::vector<Object>& want, const std::vector<Object>& have, Plan& plan) {
  for (const auto& object : want)
    if (!contains(have, object)) plan.steps.emplace_back(Add<Object>{object});
}

template <typename Object>
void plan_removals(const std::vector<Object>& want, const std::vector<Object>& have, Plan& plan) {
  for (const auto& object : have)
    if (!contains(want, object)) plan.steps.emplace_back(Remove<Object>{object});
}

void plan_addresses(const State& want, const ObservedState& have, Plan& plan) {
  for (const auto& address : want.addresses)
    if (!contains(have.addresses, address) && !contains(have.foreign_addresses, address))
      plan.steps.emplace_back(Add<AddressState>{address});
}

}  // namespace

Plan difference(const State& want, const ObservedState& have) {
  Plan plan;
  plan_sysctls(want, have, false, plan);
  for (const auto& link : want.links_up)
    if (!contains(have.links_up, link)) plan.steps.emplace_back(SetLinkUp{link, true});
  plan_addresses(want, have, plan);
  plan_new_routes(want, have, plan);
  if (auto script = nft_difference(want.nft, have.nft); !script.empty())
    plan.steps.emplace_back(RunNft{std::move(script)});
  plan_additions(want.rules, have.rules, plan);
  plan_sysctls(want, have, true, plan);
  plan_removals(want.rules, have.rules, plan);
  for (const auto& route : have.routes)
    if (same_route(want.routes, route) == nullptr) plan.steps.emplace_back(Remove<RouteState>{route});
  plan_removals(want.addresses, have.addresses, plan);
  return plan;
}

}  // namespace fairlead::plan
