#pragma once
// Purpose: a draft in which no check found an error becomes the Config; defaults that depend on other keys are
// worked out here.
#include <vector>

#include "core/config/draft.hpp"

namespace fairlead::config {

[[nodiscard]] Config build(const FileDraft& draft);

/// The weights of all uplinks, in the file's order: the file's `weight`; else, from `bandwidth`, the `down` rates of
/// the uplinks without `weight` in whole Mbit/s (at least 1) divided by their greatest common divisor, and where
/// the largest would exceed 255, all scaled so that it is 255 (rounded, at least 1); else 1.
[[nodiscard]] std::vector<int> weights(const std::vector<WanDraft>& wans);

// The same protocols, ports and families as the checks see them.
/// Without `protocol`: tcp and udp where ports are given.
[[nodiscard]] std::vector<Protocol> protocols_of(const PolicyDraft& policy);
/// Without `protocol`: tcp.
[[nodiscard]] std::vector<Protocol> protocols_of(const AllowDraft& allow);
[[nodiscard]] std::vector<Protocol> protocols_of(const ForwardDraft& forward);

}  // namespace fairlead::config
