#pragma once
// Purpose: the keys of probing, which are the same for all uplinks ([health]) and for one (`health = { … }`).
#include <span>

#include "core/config/schema.hpp"

namespace fairlead::config {

[[nodiscard]] std::span<const Key<HealthDraft>> probe_keys();

}  // namespace fairlead::config
