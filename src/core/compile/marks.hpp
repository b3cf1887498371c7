#pragma once
// Purpose: marks read back: which uplink a packet or connection has.
#include <cstdint>
#include <string>
#include <vector>

#include "base/mark.hpp"
#include "core/compile/uplinks.hpp"

namespace fairlead::compile {

/// Its name; "" where the mark stands for none.
[[nodiscard]] std::string uplink_of(std::uint32_t mark, const MarkMask& mask, const std::vector<Uplink>& uplinks);

}  // namespace fairlead::compile
