#include "base/ranges.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

void add_all(const std::string& device, const std::vector<Prefix>& addresses, State& state) {
  for (const auto& address : addresses) state.addresses.push_back({device, address});
}

}  // namespace

/// Devices whose addresses are ours are brought up too; others are the system's business.
void add_addresses(const Context& context, State& state) {
  for (const auto& lan : context.config.lans) {
    if (lan.addresses.empty() || context.facts.link(lan.interface) == nullptr) continue;
    state.links_up.push_back(lan.interface);
    add_all(lan.interface, lan.addresses, state);
  }
  for (const auto& uplink : context.uplinks) {
    if (uplink.link == nullptr) continue;
    if (uplink.wan->dhcp || !uplink.wan->addresses.empty()) state.links_up.push_back(uplink.wan->interface);
    add_all(uplink.wan->interface, uplink.set, state);
  }
  make_set(state.links_up);
  make_set(state.addresses);
}

}  // namespace fairlead::compile
