#pragma once
// Purpose: what the two routers of a pair tell each other besides their roles, and what becomes of it here:
//
//   uplinks (ids, MAC addresses, leases, what is decided by hand, verdicts) ─▶ Router, DhcpClients
//   leases of the LANs                                                       ─▶ LanDhcp
//   which uplink hosts used lately                                           ─▶ AffinityCopy
//   an administrator's wish about an uplink, said to the standby             ─▶ `wish`
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/pair/shared_state.hpp"
#include "daemon/affinity_copy.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/health_watch.hpp"
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
  PairExchange(boost::asio::io_context& loop, Pair& pair, Router& router, HealthWatch& watch, DhcpClients& dhcp,
               LanDhcp& lan_dhcp, Listener listener);

  /// The other router is there, and knows nothing.
  void greet();
  /// What has changed here since.
  void tell();
  /// Who forwards has the last word, and tells it to both. No-op on the active router.
  void pass_on(const nlohmann::json& wish);
  void take(const nlohmann::json& document);
  /// This router goes on where the other one stopped: what that one, while it was active, found out about uplinks.
  void take_over();

 private:
  void adopt();

  Pair& pair_;
  Router& router_;
  HealthWatch& watch_;
  DhcpClients& dhcp_;
  LanDhcp& lan_dhcp_;
  Listener listener_;
  AffinityCopy affinity_;
  std::optional<pair::SharedState> told_;
  /// Not before this router is on standby, and the other one active: it may say all this in the middle of a change.
  std::optional<pair::SharedState> heard_;
  std::optional<pair::SharedState> theirs_;  // of when it was active
};

}  // namespace fairlead::daemon
