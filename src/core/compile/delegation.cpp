#include "core/compile/delegation.hpp"

#include <algorithm>

#include "base/ranges.hpp"

namespace fairlead::compile {

const DelegatedPrefix* delegated_to(const WanConfig& wan, const Facts& facts) {
  if (wan.delegate.empty()) return nullptr;
  const auto found = std::ranges::find(facts.delegated, wan.interface, &DelegatedPrefix::link);
  return found == facts.delegated.end() ? nullptr : &*found;
}

Prefix router_address_in(const Prefix& delegated) {
  constexpr int subnet = 64;  // what hosts need to make addresses themselves (RFC 4291, 2.5.1)
  return {delegated.first().next(), subnet};
}

Config with_delegated(const Config& config, const Facts& facts) {
  Config result = config;
  for (const auto& wan : config.wans) {
    const auto* delegated = delegated_to(wan, facts);
    if (delegated == nullptr) continue;
    auto& addresses = std::ranges::find(result.lans, wan.delegate, &LanConfig::name)->addresses;
    const auto own = router_address_in(delegated->prefix);
    if (!contains(addresses, own)) addresses.push_back(own);
  }
  return result;
}

}  // namespace fairlead::compile
