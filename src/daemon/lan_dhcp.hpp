#pragma once
// Purpose: everything about DHCP in the LANs: the servers of both families, what they have lent, and others that do
// the same.
//
//   what to lend ─▶ follow ─▶ DhcpServer (Kea) ─▶ LeaseBook ─▶ leases
//                      └────▶ ForeignDhcp ─▶ conditions
#include <array>
#include <memory>
#include <optional>

#include "daemon/foreign_dhcp.hpp"
#include "daemon/journal.hpp"
#include "daemon/lease_book.hpp"

namespace fairlead::daemon {

class LanDhcp {
 public:
  LanDhcp(boost::asio::io_context& loop, Journal& journal, const Paths& paths);

  void follow(const DhcpServers& servers);
  /// Of both families: IPv4 first, in the order of their addresses.
  [[nodiscard]] std::vector<ClientLease> leases() const;
  /// Ends the servers; leases stay lent. `done` is called once, from the loop.
  void stop(const std::function<void()>& done);

 private:
  struct Half {
    Half(boost::asio::io_context& loop, const Paths& paths, Family family, LanDhcp& owner);
    DhcpServer server;
    LeaseBook book;
    std::string lans;     // names, for people
    std::string problem;  // empty: none
  };
  void note_problems();

  boost::asio::io_context& loop_;
  Journal& journal_;
  std::array<std::unique_ptr<Half>, 2> halves_;
  ForeignDhcp foreign_;
  std::optional<DhcpServers> servers_;  // none before the first follow()
  bool stopping_ = false;
};

}  // namespace fairlead::daemon
