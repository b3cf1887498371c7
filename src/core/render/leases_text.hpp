#pragma once
// Purpose: who was lent what in the LANs, as a table for people.
#include <string>
#include <vector>

#include "core/model/client_lease.hpp"

namespace fairlead::render {

/// `now` is when it is shown; ends are told as the time that is left.
[[nodiscard]] std::string leases_text(const std::vector<ClientLease>& leases, WallTime now);

}  // namespace fairlead::render
