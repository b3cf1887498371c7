#pragma once
// Purpose: everything about DHCP in the LANs: the servers of both families, what they have lent, and others that do
// the same.
//
//   what to lend ─▶ follow ─▶ DhcpServer (Kea) ─▶ LeaseBook ─▶ leases
//                      │                              └────▶ LeaseCopy ◀─▶ the other router of a pair
//                      └────▶ ForeignDhcp ─▶ conditions
#include <array>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "daemon/foreign_dhcp.hpp"
#include "daemon/journal.hpp"
#include "daemon/lease_book.hpp"
#include "daemon/lease_copy.hpp"

namespace fairlead::daemon {

class LanDhcp {
 public:
  LanDhcp(boost::asio::io_context& loop, Journal& journal, const Paths& paths);

  void follow(const DhcpServers& servers);
  // Of a router that is one of a pair:
  /// How documents reach the other router; what cannot be sent may be dropped.
  void copy_to(std::function<void(const nlohmann::json&)> send) { send_ = std::move(send); }
  /// At first it is taken for a standby. Whether it answers hosts is said by follow().
  void set_role(bool active);
  /// The other router is connected, and knows nothing.
  void peer_connected();
  /// A document of the other router; false where it is not about leases.
  bool take(const nlohmann::json& document);

  /// Of both families: IPv4 first, in the order of their addresses.
  [[nodiscard]] std::vector<ClientLease> leases() const;
  /// Ends the servers; leases stay lent. `done` is called once, from the loop.
  void stop(const std::function<void()>& done);

 private:
  struct Half {
    Half(boost::asio::io_context& loop, const Paths& paths, Family family, LanDhcp& owner);
    DhcpServer server;
    LeaseBook book;
    LeaseCopy copy;
    std::vector<DhcpLan> served;
    std::string lans;     // names, for people
    std::string problem;  // empty: none
    std::string missing;  // leases of the other router; empty: none
  };
  void note_problems();

  boost::asio::io_context& loop_;
  Journal& journal_;
  std::array<std::unique_ptr<Half>, 2> halves_;
  ForeignDhcp foreign_;
  std::function<void(const nlohmann::json&)> send_;
  std::optional<DhcpServers> servers_;  // none before the first follow()
  bool stopping_ = false;
};

}  // namespace fairlead::daemon
