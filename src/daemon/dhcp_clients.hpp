#pragma once
// Purpose: the DHCP clients of all uplinks, and what they have been lent:
//
//   uplinks ─▶ follow ─▶ dhcpcd, one a device ─▶ hook ─▶ control socket ─▶ take ─▶ leases ─▶ `changed`
//
// A lease counts until its own end, whatever becomes of the client: only its server can take it back before.
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "daemon/dhcp_client.hpp"
#include "daemon/journal.hpp"
#include "daemon/lease_store.hpp"
#include "daemon/paths.hpp"

namespace fairlead::daemon {

/// One uplink with `address = "dhcp"`, or that delegates a prefix.
struct DhcpUplink {
  std::string link;
  render::DhcpWish wish;
  bool present = false;  ///< there is such a device
  bool silent = false;   ///< it has a lease, and no target answers over it
};

class DhcpClients {
 public:
  /// `leases` are those that an earlier run remembered. `changed` is called from the loop when leases() differs.
  DhcpClients(boost::asio::io_context& loop, Journal& journal, Paths paths, Leases leases,
              std::function<void()> changed);

  /// The uplinks as they are now; clients of others are ended, and what they were lent is forgotten.
  void follow(const std::vector<DhcpUplink>& uplinks);
  /// A message of the hook.
  Result<void> take(const nlohmann::json& message);
  [[nodiscard]] const Leases& leases() const { return leases_; }
  /// What the active router of the pair was lent, on one that is not.
  void copy(const std::vector<Lease>& leases);
  /// Ends all clients; addresses stay lent. `done` is called once, from the loop.
  void stop(const std::function<void()>& done);

 private:
  void set_problem(const std::string& link, const std::string& what);
  void take_lease(const Lease& lease);
  void take_prefix(const DelegatedPrefix& delegated);
  DhcpClient& client_of(const DhcpUplink& uplink);
  void drop_lease(const std::string& link, const std::string& why);
  void drop_expired_leases();
  void note_problems();
  void save_and_tell();
  void schedule_expiry();
  void end_strangers(const std::vector<DhcpUplink>& uplinks) const;

  boost::asio::io_context& loop_;
  Journal& journal_;
  Paths paths_;
  Leases leases_;
  std::function<void()> changed_;
  boost::asio::steady_timer expiry_;
  std::map<std::string, std::unique_ptr<DhcpClient>> clients_;  // by device
  bool followed_ = false;
  bool stopping_ = false;
};

/// `down`: forgets the leases and what the clients needed; they have ended.
void forget_dhcp_clients(const Paths& paths);

}  // namespace fairlead::daemon
