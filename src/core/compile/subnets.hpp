#pragma once
// Purpose: networks as the elements of a set that takes no overlapping ones.
#include <vector>

#include "base/ip.hpp"

namespace fairlead::compile {

/// The networks of these addresses, the widest first, and none within another.
[[nodiscard]] std::vector<Prefix> outermost(std::vector<Prefix> addresses);

}  // namespace fairlead::compile
