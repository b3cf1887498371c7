#pragma once
// Purpose: the inside of a LAN's `dhcp = { … }`.
#include <span>

#include "core/config/schema.hpp"

namespace fairlead::config {

[[nodiscard]] std::span<const Key<DhcpDraft>> dhcp_keys();

/// The options that can be given by name, as Kea calls them; their codes are IANA's (RFC 2132 and others).
[[nodiscard]] std::span<const std::string_view> dhcp_options();

}  // namespace fairlead::config
