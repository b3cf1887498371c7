#pragma once
// Purpose: orders for conntrackd, which keeps the connections of a pair of routers the same on both, and what it tells
// of its work. Source: conntrackd(8) and conntrackd.h of conntrack-tools 1.4.7.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace fairlead::pair {

enum class SyncOrder : std::uint8_t {
  statistics = 21,
  send_everything = 22,     ///< what its cache holds, to the other router
  request_everything = 23,  ///< of the other router
  runtime = 30,
  forget_own = 33,  ///< its cache, not the kernel's table
  queues = 36,
  read_kernel = 44,  ///< what the cache lacks of the kernel's table into it
};

/// As conntrackd takes it from its socket: a number of 32 bits in the host's order.
[[nodiscard]] std::string to_bytes(SyncOrder order);

/// Since conntrackd has started, but for those that say "now".
struct SyncStatistics {
  std::uint64_t connections = 0;     ///< now: this router's own, which the other is told of
  std::uint64_t taken = 0;           ///< made in our kernel for the other router
  std::uint64_t refused = 0;         ///< of those, by the kernel
  std::uint64_t received = 0;        ///< packets of the other router
  std::uint64_t missed = 0;          ///< its messages that did not come the first time; they are sent again
  std::uint64_t malformed = 0;       ///< its messages
  std::uint64_t unacknowledged = 0;  ///< now: our messages that the other has not confirmed
  std::uint64_t overflowed = 0;      ///< our messages that were dropped, for want of space
  std::uint64_t overruns = 0;        ///< times that the kernel told more than was read
  std::uint64_t send_errors = 0;
  bool operator==(const SyncStatistics&) const = default;
};

/// From the answers to `statistics`, `runtime` and `queues`. Errors: something is not there.
[[nodiscard]] Result<SyncStatistics> parse_sync_statistics(std::string_view statistics, std::string_view runtime,
                                                           std::string_view queues);

[[nodiscard]] nlohmann::json to_json(const SyncStatistics& statistics);

}  // namespace fairlead::pair
