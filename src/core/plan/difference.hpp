#pragma once
// Purpose: (want, have) → ordered steps. Unchanged input gives an empty plan.
#include "core/model/plan.hpp"
#include "core/model/state.hpp"

namespace fairlead::plan {

/// Add before delete: addresses, routes, the nft transaction, rules, and removals last. Forwarding is switched on
/// only when the filter stands. Sysctls that `have` does not list do not exist on this machine and are left out.
[[nodiscard]] Plan difference(const State& want, const ObservedState& have);

}  // namespace fairlead::plan
