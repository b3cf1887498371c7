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

bool is_shared(const State& want, const std::string& link) {
  const auto device = std::ranges::find(want.devices, link, &DeviceState::name);
  return device != want.devices.end() && device->is_macvlan();
}

void plan_addresses(const State& want, const ObservedState& have, bool shared, Plan& plan) {
  for (const auto& address : want.addresses)
    if (is_shared(want, address.link) == shared && !contains(have.addresses, address) &&
        !contains(have.foreign_addresses, address))
      plan.steps.emplace_back(Add<AddressState>{address});
}

/// VLANs may stand on bridges, and macvlans on both: the lower ones come first and go last.
int height(const DeviceState& device) {
  if (device.is_bridge()) return 0;
  return device.is_macvlan() ? 2 : 1;
}

void plan_devices(const State& want, const ObservedState& have, Plan& plan) {
  for (const int level : {0, 1, 2})
    for (const auto& device : want.devices) {
      const bool present = contains(have.devices, device) || contains(have.foreign_devices, device);
      if (height(device) != level || present) continue;
      const auto other = std::ranges::find(have.devices, device.name, &DeviceState::name);
      if (other != have.devices.end()) plan.steps.emplace_back(Remove<DeviceState>{*other});
      plan.steps.emplace_back(Add<DeviceState>{device});
    }
  plan_additions(want.ports, have.ports, plan);
}

void plan_links_up(const State& want, const ObservedState& have, Plan& plan) {
  const auto is_made = [&](const std::string& link) {
    return plan.steps.end() != std::ranges::find_if(plan.steps, [&](const Step& step) {
             const auto* add = std::get_if<Add<DeviceState>>(&step);
             return add != nullptr && add->object.name == link && !add->object.is_macvlan();
           });
  };
  for (const auto& link : want.links_up)
    if (!contains(have.links_up, link) && !is_made(link)) plan.steps.emplace_back(SetLinkUp{link, true});
}

void plan_device_removals(const State& want, const ObservedState& have, Plan& plan) {
  const auto is_wanted = [&](const DeviceState& device) {
    return std::ranges::find(want.devices, device.name, &DeviceState::name) != want.devices.end();
  };
  for (const auto& port : have.ports) {
    const auto bridge = std::ranges::find(have.devices, port.bridge, &DeviceState::name);
    // A bridge that goes lets its ports go by itself.
    if (bridge != have.devices.end() && is_wanted(*bridge) && !contains(want.ports, port))
      plan.steps.emplace_back(Remove<PortState>{port});
  }
  for (const int level : {2, 1, 0})
    for (const auto& device : have.devices)
      if (height(device) == level && !is_wanted(device)) plan.steps.emplace_back(Remove<DeviceState>{device});
}

const DoorState* door_at(const std::vector<DoorState>& doors, const std::string& link) {
  const auto found = std::ranges::find(doors, link, &DoorState::link);
  return found == doors.end() ? nullptr : &*found;
}

/// Programs that are not wanted go before anything changes that they count on.
void plan_closed_doors(const State& want, const ObservedState& have, Plan& plan) {
  for (const auto& door : have.doors)
    if (door_at(want.doors, door.link) == nullptr) plan.steps.emplace_back(SetDoor{door, std::nullopt});
}

void plan_datapath(const State& want, const ObservedState& have, Plan& plan) {
  if (want.datapath != have.datapath) plan.steps.emplace_back(SetDatapath{have.datapath, want.datapath});
  for (const auto& door : want.doors) {
    const auto* present = door_at(have.doors, door.link);
    if (present == nullptr)
      plan.steps.emplace_back(SetDoor{std::nullopt, door});
    else if (*present != door)
      plan.steps.emplace_back(SetDoor{*present, door});
  }
}

}  // namespace

Plan difference(const State& want, const ObservedState& have) {
  Plan plan;
  plan_closed_doors(want, have, plan);
  plan_sysctls(want, have, false, plan);
  plan_devices(want, have, plan);
  // First of all: the other router of a pair may be about to use this MAC address.
  for (const auto& link : want.links_down)
    if (contains(have.links_up, link)) plan.steps.emplace_back(SetLinkUp{link, false});
  // What comes up with an address tells its neighbours at once (arp_notify).
  plan_addresses(want, have, true, plan);
  plan_links_up(want, have, plan);
  plan_addresses(want, have, false, plan);
  plan_new_routes(want, have, plan);
  if (auto script = nft_difference(want.nft, have.nft); !script.empty())
    plan.steps.emplace_back(RunNft{std::move(script)});
  plan_additions(want.rules, have.rules, plan);
  plan_sysctls(want, have, true, plan);
  plan_datapath(want, have, plan);
  plan_removals(want.rules, have.rules, plan);
  for (const auto& route : have.routes)
    if (same_route(want.routes, route) == nullptr) plan.steps.emplace_back(Remove<RouteState>{route});
  plan_removals(want.addresses, have.addresses, plan);
  plan_device_removals(want, have, plan);
  return plan;
}

}  // namespace fairlead::plan
