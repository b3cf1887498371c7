#pragma once
// Purpose: a Snapshot, and what is counted beside it, as metrics for Prometheus and what reads its format. One table
// holds every metric; docs/metrics.md is made from it, too.
// Source: OpenMetrics 1.0.0 (prometheus/OpenMetrics), and Prometheus' text format 0.0.4 and naming conventions.
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/model/snapshot.hpp"

namespace fairlead::render {

/// What is counted from the start of the program on, and what it costs.
struct Totals {
  std::map<std::string, std::uint64_t> events = {};          ///< by kind (docs/events.md)
  std::map<std::string, std::uint64_t> uplink_changes = {};  ///< of state, by uplink
  std::uint64_t role_changes = 0;                            ///< of a router of a pair
  std::uint64_t failures = 0;                                ///< attempts to change the kernel that began to fail
  bool file_refused = false;                                 ///< at the latest reload
  std::map<std::string, std::uint64_t> leases = {};          ///< now, by LAN that has a DHCP server
  std::uint64_t pages = 0;                                   ///< open now
  std::optional<double> cpu_seconds = {};
  std::optional<std::uint64_t> resident_bytes = {};
};

enum class MetricsFormat : std::uint8_t { openmetrics, prometheus };

[[nodiscard]] std::string metrics_text(const Snapshot& snapshot, const Totals& totals, MetricsFormat format);

/// docs/metrics.md.
[[nodiscard]] std::string metrics_markdown();

}  // namespace fairlead::render
