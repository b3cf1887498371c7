#pragma once
// Purpose: the client of many downloads at once, on one thread and one epoll: each flow begins when it is planned to,
// whatever became of the others (an open load), asks the pump of a lab::TrafficServer for its bytes and reads them.
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/error.hpp"
#include "flow_plan.hpp"
#include "lab/host.hpp"

namespace fairlead::bench {

struct FlowEnds {
  std::vector<IpAddress> from;  ///< the client's addresses
  std::vector<Endpoint> to;     ///< servers; flow n takes the n-th of each list, again from the first at the end
};

/// From the planned begin to the last byte, one a flow; none for one that had not ended `patience` after the last
/// arrival. A refused or reset flow is an error.
[[nodiscard]] Result<std::vector<std::optional<Seconds>>> run_flows(const lab::Host& client, const FlowEnds& ends,
                                                                    const std::vector<PlannedFlow>& plan,
                                                                    std::chrono::milliseconds patience);

}  // namespace fairlead::bench
