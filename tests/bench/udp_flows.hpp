#pragma once
// Purpose: many new flows through a router, one datagram each, that nobody answers: entries of its connection table.
#include <cstdint>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::bench {

/// From one port of the host to ports of the internet's servers, no two flows alike; `first` counts on from an earlier
/// call. `per_second` 0: as fast as they go. Returns when all are sent.
Result<void> open_udp_flows(const lab::Host& host, int count, int first = 0, int per_second = 0);

}  // namespace fairlead::bench
