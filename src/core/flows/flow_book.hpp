#pragma once
// Purpose: from one look at the connection table to the next: who carries how much now. Remembers the counters of the
// look before, as long as somebody looks.
#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/flows/flow.hpp"

namespace fairlead::flows {

/// All connections of one host over one uplink.
struct Talker {
  IpAddress host;
  std::string uplink;  ///< empty: none
  std::uint64_t connections = 0;
  std::uint64_t down = 0;  ///< bytes of the connections that live
  std::uint64_t up = 0;
  double down_rate = 0;  ///< bit/s
  double up_rate = 0;
  bool operator==(const Talker&) const = default;
};

class FlowBook {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Looks further apart than this tell no rate.
  static constexpr auto longest_memory = std::chrono::seconds(60);

  /// Fills in the rates, of all connections that live.
  void rate(std::vector<Flow>& flows, Time now);

 private:
  struct Count {
    std::uint64_t down = 0;
    std::uint64_t up = 0;
  };
  std::unordered_map<std::uint32_t, Count> counts_;
  Time last_;
};

/// The busiest now first; where nobody is, those with the most bytes.
[[nodiscard]] std::vector<Talker> talkers(const std::vector<Flow>& flows);
/// The same, but the router's own, which are mostly its probes, come after those of hosts.
void sort_by_rate(std::vector<Flow>& flows);

[[nodiscard]] nlohmann::json to_json(const Talker& talker);
/// What `flows --json` prints: these of `total` connections, as they were then (docs/status.md).
[[nodiscard]] nlohmann::json answer_json(const std::vector<Flow>& flows, std::size_t total, WallTime when);

}  // namespace fairlead::flows
