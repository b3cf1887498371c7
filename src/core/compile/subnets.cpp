#include "core/compile/subnets.hpp"

#include <algorithm>

namespace fairlead::compile {

std::vector<Prefix> outermost(std::vector<Prefix> addresses) {
  std::ranges::stable_sort(addresses, {}, &Prefix::length);
  std::vector<Prefix> found;
  for (const auto& address : addresses)
    if (std::ranges::none_of(found, [&](const Prefix& other) { return other.overlaps(address); }))
      found.push_back(address.network());
  return found;
}

}  // namespace fairlead::compile
