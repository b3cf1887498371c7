#pragma once
// Purpose: variants that are up, each in its network, for interleaved rounds.
#include <string>
#include <vector>

#include "variants.hpp"

namespace fairlead::bench {

struct Contender {
  Variant variant;
  Network network;
};

/// `only`: those whose name contains one of these, and the floor; empty: all.
[[nodiscard]] Result<std::vector<Contender>> contenders_of(const std::vector<Variant>& variants,
                                                           const std::vector<std::string>& only);

}  // namespace fairlead::bench
