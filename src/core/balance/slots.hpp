#pragma once
// Purpose: shares of new connections → slots of a table that the kernel steps through or hashes into.
#include <cstddef>
#include <vector>

#include "base/ids.hpp"

namespace fairlead::balance {

struct Share {
  UplinkId id;
  int weight = 1;  ///< at least 1
  bool operator==(const Share&) const = default;
};

/// Smooth weighted round robin: the slots of one round, in which each share appears exactly as often as its
/// weight (divided by the greatest common divisor of all) and is spread as evenly as can be. Any whole round of
/// connections in a row therefore splits exactly. Empty where there are no shares.
[[nodiscard]] std::vector<UplinkId> round_robin(const std::vector<Share>& shares);

inline constexpr std::size_t hash_slots = 1024;

/// Slots for a hash of addresses. With all of `members` active every one has its exact quota; when one leaves,
/// only its slots move (weighted rendezvous hashing among those that stay), and they come back when it does.
/// `active` is a subset of `members` (by id). Empty where none is active.
[[nodiscard]] std::vector<UplinkId> hashed(const std::vector<Share>& members, const std::vector<UplinkId>& active);

}  // namespace fairlead::balance
