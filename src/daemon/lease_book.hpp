#pragma once
// Purpose: who was lent what in the LANs, as Kea has it: read again a moment after its file of leases was written.
//
//   lease file ─▶ FolderWatch ─▶ pause ─▶ pages of the control socket ─▶ leases
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/dhcp/kea_leases.hpp"
#include "core/model/client_lease.hpp"
#include "core/model/dhcp_server.hpp"
#include "daemon/dhcp_server.hpp"
#include "daemon/paths.hpp"
#include "sys/watch/folder_watch.hpp"

namespace fairlead::daemon {

/// Of one server.
class LeaseBook {
 public:
  /// `changed` is called after each reading.
  LeaseBook(boost::asio::io_context& loop, const Paths& paths, const DhcpServer& server, std::function<void()> changed);

  /// Leases of other LANs are not ours to show.
  void follow(const std::vector<DhcpLan>& lans);
  /// Reads them again, soon.
  void refresh();
  /// Those that are valid now, in the order of their addresses.
  [[nodiscard]] std::vector<ClientLease> leases() const;
  /// As they were read, those that are declined as well. None before the first reading of the present LANs' leases.
  [[nodiscard]] const std::optional<std::vector<dhcp::LeaseRecord>>& records() const { return records_; }

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
  std::function<void()> changed_;
  std::vector<ClientLease> leases_;
  std::optional<std::vector<dhcp::LeaseRecord>> records_;
  dhcp::LeasePage arriving_;
  bool watching_ = false;
  bool reading_ = false;
  bool again_ = false;     // something changed while it was read
  bool half_old_ = false;  // the LANs changed meanwhile: what is read lacks leases of the new ones
};

}  // namespace fairlead::daemon
