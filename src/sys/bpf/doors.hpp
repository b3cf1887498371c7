#pragma once
// Purpose: what the programs know of a device, in the memory that they share with us (bpf/abi.h).
#include <optional>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "bpf/abi.h"
#include "core/model/datapath.hpp"

namespace fairlead::bpf {

/// Without the device's name. None: they know nothing of it.
[[nodiscard]] std::optional<DoorState> read_door(const datapath::shared& shared, IfIndex link);
/// Errors: there is no room for one more.
[[nodiscard]] Result<void> write_door(datapath::shared& shared, IfIndex link, const DoorState& door);

}  // namespace fairlead::bpf
