#pragma once
// Purpose: who was lent what in the LANs, as Kea has it: read again a moment after its file of leases was written.
//
//   lease file ─▶ FolderWatch ─▶ pause ─▶ pages of the control socket ─▶ leases
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <vector>

#include "core/model/client_lease.hpp"
#include "core/model/dhcp_server.hpp"
#include "daemon/dhcp_server.hpp"
#include "daemon/paths.hpp"
#include "sys/watch/folder_watch.hpp"

namespace fairlead::daemon {

/// Of one server.
class LeaseBook {
 public:
  LeaseBook(boost::asio::io_context& loop, const Paths& paths, const DhcpServer& server);

  /// Leases of other LANs are not ours to show.
  void follow(const std::vector<DhcpLan>& lans);
  /// Reads them again, soon.
  void refresh();
  /// Those that are valid now, in the order of their addresses.
  [[nodiscard]] std::vector<ClientLease> leases() const;

 private:
  void read_page(const std::optional<IpAddress>& after);
  void take_page(const std::optional<IpAddress>& after, const Result<std::string>& answer);
  void end_reading();

  boost::asio::io_context& loop_;
  const DhcpServer& server_;
  std::string folder_;
  watch::FolderWatch watch_;
  boost::asio::steady_timer pause_;
  std::vector<DhcpLan> lans_;
  std::vector<ClientLease> leases_;
  std::vector<ClientLease> arriving_;
  bool watching_ = false;
  bool reading_ = false;
  bool again_ = false;  // something changed while it was read
};

}  // namespace fairlead::daemon
