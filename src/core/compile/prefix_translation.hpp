#pragma once
// Purpose: the part of an uplink's source NAT that translates whole prefixes (RFC 6296).
#include "core/compile/context.hpp"

namespace fairlead::compile {

/// Adds the map of prefixes, and to `chain` the rule that uses it; none of both where the uplink does not ask for it.
void add_prefix_translation(const Context& context, const Uplink& uplink, nft::Table& table, nft::Chain& chain);

}  // namespace fairlead::compile
