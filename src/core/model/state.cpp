#include "core/model/state.hpp"

namespace fairlead {

ObservedState observed(const State& state) {
  ObservedState result;
  result.sysctls = state.sysctls;
  result.devices = state.devices;
  result.ports = state.ports;
  result.links_up = state.links_up;
  result.addresses = state.addresses;
  result.routes = state.routes;
  result.rules = state.rules;
  if (!state.nft.empty()) result.nft = nft::observed(state.nft);
  return result;
}

}  // namespace fairlead
