#pragma once
// Purpose: a Topology becomes network namespaces, devices, addresses and routes; and one host of it is made anew, as a
// machine that was switched off and on again. Needs root.
#include <string>

#include "base/error.hpp"
#include "lab/topology.hpp"

namespace fairlead::lab {

/// Everything; none of the namespaces must be there.
[[nodiscard]] Result<void> construct(const Topology& topology, const std::string& lab);

/// The host gets a fresh namespace and fresh cables, into the same ports of its neighbours, so that nothing of its
/// kernel's state is left. Its processes must have ended; its neighbours must be switches.
[[nodiscard]] Result<void> construct_anew(const Topology& topology, const std::string& lab, const std::string& host);

}  // namespace fairlead::lab
