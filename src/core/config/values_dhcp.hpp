#pragma once
// Purpose: the inside of a LAN's `dhcp = { … }`.
#include <span>

#include "core/config/schema.hpp"

namespace fairlead::config {

[[nodiscard]] std::span<const Key<DhcpDraft>> dhcp_keys();

}  // namespace fairlead::config
