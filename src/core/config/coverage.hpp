#pragma once
// Purpose: finds the policies that can never match because an earlier one takes everything they would.
// A policy is a product of sets (LANs, sources, destinations, protocols, ports); a product lies in another exactly
// when each of its sets lies in the other's. What only several earlier policies cover together is not found.
#include <cstddef>
#include <optional>
#include <vector>

#include "core/config/draft.hpp"

namespace fairlead::config {

/// For each policy the first earlier one that covers it. Policies with refused values cover nothing and are
/// covered by nothing. Time: fast enough for 10,000 policies in a fraction of a second.
[[nodiscard]] std::vector<std::optional<std::size_t>> covered_by(const std::vector<PolicyDraft>& policies,
                                                                 const std::vector<LanDraft>& lans);

/// IPv4 and IPv6, as far as source and destination let both.
[[nodiscard]] std::vector<Family> families_of(const PolicyDraft& policy);

}  // namespace fairlead::config
