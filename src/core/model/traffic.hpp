#pragma once
// Purpose: what uplinks, policies and forwards carry, as parts of a Snapshot.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

struct UplinkTraffic {
  std::uint64_t received_bytes = 0;  ///< since the device was made
  std::uint64_t sent_bytes = 0;
  double down = 0;  ///< bit/s, now
  double up = 0;
  std::optional<std::uint64_t> connections;  ///< through this uplink; none: not counted yet
  std::optional<std::uint64_t> active;       ///< of these, that move bytes just now; none: nobody counts them
  std::vector<double> recent_down;           ///< bit/s of the last minute, the newest last, one for each two seconds
  std::vector<double> recent_up;
  bool operator==(const UplinkTraffic&) const = default;
};

/// A policy or a forward.
struct RuleHits {
  std::string name;
  std::string what;                          ///< where it leads: uplinks, or a host
  std::optional<std::uint64_t> connections;  ///< that it decided on since it is in the kernel; none: not counted yet
  bool operator==(const RuleHits&) const = default;
};

// Readers throw what the JSON library throws, like every reader of a part.
[[nodiscard]] nlohmann::json to_json(const UplinkTraffic& traffic);
[[nodiscard]] UplinkTraffic traffic_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::json to_json(const RuleHits& hits);
[[nodiscard]] RuleHits hits_from_json(const nlohmann::json& json);

}  // namespace fairlead
