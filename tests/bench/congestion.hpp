#pragma once
// Purpose: how TCP senders of a host find their rate. By its routes, since the machine may not allow its namespaces
// another default. Source: ip-route(8), congctl.
#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::bench {

/// By all IPv4 routes that it has now: cubic, as most servers do.
[[nodiscard]] Result<void> send_by_cubic(const lab::Host& host);

}  // namespace fairlead::bench
