#pragma once
// Purpose: what the LANs are told by router advertisements. Follows RFC 7084 (L-2, L-3, G-4, G-5) and RFC 9096.
#include <vector>

#include "core/compile/context.hpp"
#include "core/model/advertisement.hpp"

namespace fairlead::compile {

/// One entry for each LAN that is there and that the file lets us advertise to, also where it has no prefix now: it may
/// have had one. `context.config` has the delegated addresses, too.
[[nodiscard]] std::vector<LanAdvertisement> advertisements(const Context& context);

}  // namespace fairlead::compile
