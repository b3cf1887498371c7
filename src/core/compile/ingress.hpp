#pragma once
// Purpose: what the chains for packets from LANs and from uplinks share.
#include <string>

#include "core/compile/context.hpp"

namespace fairlead::compile {

/// The kernel's own check of sources is switched off (docs/kernel.md), because it costs a route lookup for every
/// packet. New connections are looked at more closely; for known ones this is what is left of it.
void refuse_own_sources(nft::Chain& chain);

/// "from_lan_seats": where packets of a LAN go first.
[[nodiscard]] std::string from_lan_chain(const LanConfig& lan);

/// The rule by which new connections of this LAN get the helpers that it asks for.
[[nodiscard]] std::string assign_helper(const LanConfig& lan);

}  // namespace fairlead::compile
