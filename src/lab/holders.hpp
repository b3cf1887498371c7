#pragma once
// Purpose: which routers of a lab can be reached at an address, asked of the kernels, whatever programs say.
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "lab/lab.hpp"

namespace fairlead::lab {

/// Those that have it on a device with a carrier.
[[nodiscard]] std::vector<std::string> holders_of(const Lab& lab, const IpAddress& address);

}  // namespace fairlead::lab
