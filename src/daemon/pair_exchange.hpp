#pragma once
// Purpose: what the two routers of a pair tell each other besides their roles, and what becomes of it here:
//
//   uplinks (ids, MAC addresses, leases, what is decided by hand, verdicts) ─▶ Router, DhcpClients
//   leases of the LANs                                                       ─▶ LanDhcp
//   an administrator's wish about an uplink, said to the standby             ─▶ `wish`
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/pair/shared_state.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/lan_dhcp.hpp"
#include "daemon/pair.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

class PairExchange {
 public:
  struct Listener {
    std::function<void()> changed;                            ///< the router has something to carry out
    std::function<void(const nlohmann::json& request)> wish;  ///< the control command "wan"
  };
  PairExchange(Pair& pair, Router& router, DhcpClients& dhcp, LanDhcp& lan_dhcp, Listener listener);

  /// The other router is there, and knows nothing.
  void greet();
  /// What has changed here since.
  void tell();
  /// Who forwards has the last word, and tells it to both. No-op on the active router.
  void pass_on(const nlohmann::json& wish);
  void take(const nlohmann::json& document);
  /// Uplinks that the other router, while it was active, found to be down.
  [[nodiscard]] std::set<UplinkId> found_down() const;

 private:
  Pair& pair_;
  Router& router_;
  DhcpClients& dhcp_;
  LanDhcp& lan_dhcp_;
  Listener listener_;
  std::optional<pair::SharedState> told_;
  std::optional<pair::SharedState> theirs_;  // of when it was active
};

}  // namespace fairlead::daemon
