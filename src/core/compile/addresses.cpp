#include "base/ranges.hpp"
#include "core/compile/delegation.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

void add_all(const std::string& device, const std::vector<Prefix>& addresses, State& state) {
  for (const auto& address : addresses) state.addresses.push_back({device, address});
}

/// Of a pair's router these are its own; what is in the file keepalived gives to the active one.
std::vector<Prefix> addresses_of(const Context& context, const LanConfig& lan) {
  if (!context.is_pair()) return lan.addresses;
  auto addresses = own_addresses(*context.config.ha, lan.name);
  addresses.push_back(ours::anchor_address());
  if (context.facts.role == Role::active)
    for (const auto& uplink : context.uplinks)
      if (const auto* delegated = delegated_to(*uplink.wan, context.facts);
          delegated && uplink.wan->delegate == lan.name)
        addresses.push_back(router_address_in(delegated->prefix));
  return addresses;
}

void add_pair(const Context& context, State& state) {
  const auto& ha = *context.config.ha;
  const auto& first_lan = context.config.lans.front().interface;
  if (context.facts.link(first_lan) != nullptr)
    state.addresses.push_back({first_lan, vrrp_address(ha.address.address)});
  if (context.facts.link(ha.interface) != nullptr) {
    state.links_up.push_back(ha.interface);
    state.addresses.push_back({ha.interface, ha.address});
  }
  for (const auto& uplink : context.uplinks)
    if (uplink.link != nullptr && !uplink.wan->addresses.empty())
      state.addresses.push_back({uplink.wan->interface, ours::anchor_address()});
}

}  // namespace

/// Devices whose addresses are ours are brought up too; others are the system's business.
void add_addresses(const Context& context, State& state) {
  for (const auto& lan : context.config.lans) {
    if (lan.addresses.empty() || context.facts.link(lan.interface) == nullptr) continue;
    state.links_up.push_back(lan.interface);
    add_all(lan.interface, addresses_of(context, lan), state);
  }
  for (const auto& uplink : context.uplinks) {
    if (uplink.link == nullptr) continue;
    if (uplink.wan->dhcp || !uplink.wan->delegate.empty() || !uplink.wan->addresses.empty())
      (uplink.rests ? state.links_down : state.links_up).push_back(uplink.wan->interface);
    add_all(uplink.wan->interface, uplink.set, state);
  }
  if (context.is_pair()) add_pair(context, state);
  make_set(state.links_up);
  make_set(state.links_down);
  make_set(state.addresses);
}

}  // namespace fairlead::compile
