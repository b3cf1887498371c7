#pragma once
// Purpose: what an administrator should know of a pair of routers: conditions about the subject "pair"
// (docs/events.md).
#include <string>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/pair_status.hpp"
#include "core/pair/election.hpp"

namespace fairlead::pair {

/// `no_vrrp`: why VRRP does not run here, or cannot be heard; empty: it does. `wish` is of `election`.
[[nodiscard]] std::vector<Condition> conditions_of(const PairStatus& status, const std::string& no_vrrp,
                                                   const Election& election, const Wish& wish);

}  // namespace fairlead::pair
