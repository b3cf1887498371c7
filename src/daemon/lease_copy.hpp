#pragma once
// Purpose: the leases of one family on both routers of a pair. The active one tells the other what changes, and all of
// them when the other comes; the standby puts them into its own Kea, which goes on with them when it becomes active.
//
//   active: LeaseBook ─▶ changed ─▶ send        standby: take ─▶ what is to be done, one an address ─▶ Kea
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

#include "core/dhcp/lease_record.hpp"
#include "daemon/dhcp_server.hpp"
#include "daemon/lease_book.hpp"

namespace fairlead::daemon {

class LeaseCopy {
 public:
  struct Listener {
    std::function<void(const nlohmann::json&)> send;       ///< to the other router, if it is there
    std::function<void(const std::string& what)> problem;  ///< why leases are missing here; empty: none is
  };
  LeaseCopy(boost::asio::io_context& loop, const DhcpServer& server, const LeaseBook& book, Listener listener);

  void set_active(bool active);
  /// The other router is there (again): an active one sends it everything.
  void send_everything();
  /// What the book has read anew: an active one sends what has changed.
  void changed();
  /// From the other router; a standby does what it says.
  void take(const dhcp::LeaseMessage& message);

 private:
  void send_in_parts(bool whole, const std::vector<dhcp::LeaseRecord>& put, const std::vector<IpAddress>& gone);
  void note(const IpAddress& address, std::optional<dhcp::LeaseRecord> lease);
  void drop_the_rest();
  void work();
  void take_answer(const std::string& question, const Result<std::string>& answer);
  void set_problem(const std::string& what);

  boost::asio::io_context& loop_;
  const DhcpServer& server_;
  const LeaseBook& book_;
  Listener listener_;
  boost::asio::steady_timer again_;
  std::map<IpAddress, dhcp::LeaseRecord> sent_;
  bool active_ = false;
  bool owes_everything_ = true;

  std::deque<IpAddress> order_;
  std::map<IpAddress, std::optional<dhcp::LeaseRecord>> waiting_;  // none: it has ended
  std::set<IpAddress> named_;                                      // since the beginning of a whole list
  bool whole_ = false;                                             // such a list is arriving
  std::optional<std::set<IpAddress>> kept_;  // a whole list has come, and the rest is still to be dropped
  bool working_ = false;
  std::string told_;
};

}  // namespace fairlead::daemon
