#pragma once
// Purpose: the devices that Fairlead makes itself: 802.1Q VLANs of a trunk, and bridges of several ports.
#include <memory>

#include "core/model/config.hpp"
#include "core/model/facts.hpp"

namespace fairlead::compile {

/// The facts as they will be when the file's devices have been made; none where all of them are there, or nothing of
/// what they are made of. So one plan tells everything that follows from a device that is not there yet.
[[nodiscard]] std::unique_ptr<Facts> foresee_devices(const Config& config, const Facts& facts);

}  // namespace fairlead::compile
