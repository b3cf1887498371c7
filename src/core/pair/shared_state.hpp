#pragma once
// Purpose: what a router of a pair tells the other one of its uplinks, so that a takeover goes on where it stopped:
// their ids in the marks of connections, MAC addresses, leases, what is decided by hand, and which are down although
// their link is fine. A document of the cable between the routers.
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/wall_time.hpp"
#include "core/model/lease.hpp"
#include "core/model/uplink_ids.hpp"

namespace fairlead::pair {

struct SharedState {
  UplinkIds ids;
  std::map<std::string, std::string> macs;  ///< devices of uplinks by DHCP → what their cards would have in common
  std::vector<Lease> leases;                ///< in this router's time
  nlohmann::json overrides;                 ///< as daemon/overrides has them on disk
  std::set<std::string> down;               ///< uplinks that probes have found to be down
  std::map<std::string, WallTime> held;     ///< uplinks that flap → until when they are held back, by this clock
  bool operator==(const SharedState&) const = default;
};

/// A router's clocks; the other one's show something else.
struct Clocks {
  BootTime boot;
  WallTime wall;
};

/// With the clocks of the sender.
[[nodiscard]] nlohmann::json to_json(const SharedState& state, const Clocks& now);
[[nodiscard]] bool is_shared_state(const nlohmann::json& document);
/// With those of the receiver. Errors: it is not what to_json() writes.
[[nodiscard]] Result<SharedState> shared_state_from_json(const nlohmann::json& document, const Clocks& now);

}  // namespace fairlead::pair
