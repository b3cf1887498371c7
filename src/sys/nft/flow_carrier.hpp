#pragma once
// Purpose: whether a device's driver forwards the connections of a flowtable itself, in the card
// (Documentation/networking/nf_flowtable.rst, "Hardware offload"). No flag tells: a driver that says hw-tc-offload may
// still refuse flowtables, so the kernel is asked in nft's check mode, and nothing changes.
#include <string>

namespace fairlead::sys {

/// False also where there are no flowtables.
[[nodiscard]] bool carries_flows(const std::string& device);

}  // namespace fairlead::sys
