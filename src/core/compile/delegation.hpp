#pragma once
// Purpose: IPv6 prefixes that providers delegate (RFC 8415) and the LANs that get one: the router has the first address
// of the prefix's first /64 there.
#include <optional>

#include "core/model/config.hpp"
#include "core/model/facts.hpp"

namespace fairlead::compile {

/// What is delegated to this uplink now, if the file wants it.
[[nodiscard]] const DelegatedPrefix* delegated_to(const WanConfig& wan, const Facts& facts);

/// PREFIX::1/64.
[[nodiscard]] Prefix router_address_in(const Prefix& delegated);

/// The same file, with the LANs' addresses in delegated prefixes behind their own.
[[nodiscard]] Config with_delegated(const Config& config, const Facts& facts);

}  // namespace fairlead::compile
