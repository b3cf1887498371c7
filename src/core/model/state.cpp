#include "core/model/state.hpp"

namespace fairlead {

Prefix ours::anchor_address() {
  static const auto dummy = Prefix::parse("192.0.0.8/32").value();
  return dummy;
}

ObservedState observed(const State& state) {
  ObservedState result;
  result.sysctls = state.sysctls;
  result.devices = state.devices;
  result.ports = state.ports;
  result.links_up = state.links_up;
  result.addresses = state.addresses;
  result.routes = state.routes;
  result.rules = state.rules;
  result.datapath = state.datapath;
  result.doors = state.doors;
  if (!state.nft.empty()) result.nft = nft::observed(state.nft);
  return result;
}

}  // namespace fairlead
