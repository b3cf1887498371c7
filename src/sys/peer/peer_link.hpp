#pragma once
// Purpose: the one TCP connection between the two routers of a pair: JSON documents in both directions, kept up by
// itself. The router with the lower address connects, the other listens; a connection that breaks comes again.
//
//   begin ─▶ connect | listen ─▶ the other speaks: connected ─▶ received … ─▶ lost ─▶ connect | listen …
//
// On the wire: one document a line; an empty line every 500 ms says that the sender lives.
// Who may speak: only what comes through the device, from the other's address, and over no router: packets are sent
// with the highest hop limit and taken with no other (RFC 5082). Whoever holds the cable is trusted: there is no
// secret, as on the cable that conntrackd and VRRP use.
// Source: RFC 5082, ip(7), ipv6(7), tcp(7), socket(7).
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/ip.hpp"

namespace fairlead::peer {

struct Spec {
  std::string device;  ///< may come later, and be made anew
  IpAddress ours;      ///< may come later; of the same family as `theirs`
  IpAddress theirs;
  std::uint16_t port = 3781;
};

/// What happens, told from the loop; never from within a call. The owner may end the link in any of them.
struct Listener {
  std::function<void()> connected;                   ///< the other router speaks: send it everything
  std::function<void(nlohmann::json&&)> received;    ///< may be anything: check it
  std::function<void(const std::string& why)> lost;  ///< once for each `connected`
  std::function<void(const std::string& what)> odd;  ///< turned away or not understood; at most one in 10 s
};

class PeerLink {
 public:
  /// Sockets are opened in the network namespace of the thread that runs the loop.
  PeerLink(boost::asio::io_context& loop, Spec spec, Listener listener);
  ~PeerLink();  ///< without another call of the listener
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  /// In order. False where it is not taken: nobody is connected, or it is longer than the other would take (4 MB). What
  /// waits for a connection that breaks is dropped with it. More than 64 MB that wait break the connection.
  bool send(const nlohmann::json& document);
  [[nodiscard]] bool connected() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fairlead::peer
