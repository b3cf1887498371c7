#pragma once
// Purpose: makes a host speak whose connection has lost its way: an empty segment far outside the window, in the name
// of its peer, is answered with the host's true numbers (RFC 9293 section 3.10.7.4). The connection table does not know
// that answer any more, and the filter resets it. So also connections that only receive end at once.
#include <vector>

#include "base/endpoint.hpp"
#include "base/error.hpp"

namespace fairlead::segment {

struct Nudge {
  Endpoint from;  ///< the peer, in whose name it is sent
  Endpoint to;    ///< the host
};

/// In the network namespace of the calling thread. Tells the first error, after all have been tried.
[[nodiscard]] Result<void> send(const std::vector<Nudge>& nudges);

}  // namespace fairlead::segment
