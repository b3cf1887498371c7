#include "sys/peer/peer_socket.hpp"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/endpoint.hpp"

namespace fairlead::peer {
namespace {

/// What no router in between could have sent.
constexpr int highest_hop_limit = 255;
/// Unanswered for so long, the other is taken for dead.
constexpr int patience_ms = 2000;
constexpr int backlog = 8;

bool set(const Fd& socket, int level, int name, int value) {
  return ::setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

bool require_direct_neighbour(const Fd& socket, Family family) {
  if (family == Family::v4)
    return set(socket, IPPROTO_IP, IP_TTL, highest_hop_limit) && set(socket, IPPROTO_IP, IP_MINTTL, highest_hop_limit);
  return set(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, highest_hop_limit) &&
         set(socket, IPPROTO_IPV6, IPV6_MINHOPCOUNT, highest_hop_limit);
}

/// Connections that a listening socket takes inherit all of it.
Result<Fd> tied_socket(const Spec& spec) {
  const auto family = spec.ours.family();
  Fd socket(::socket(family == Family::v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return std::unexpected(system_error("socket", errno));
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, spec.device.c_str(),
                   static_cast<socklen_t>(spec.device.size())) != 0)
    return std::unexpected(system_error(spec.device, errno));
  if (!require_direct_neighbour(socket, family) || !set(socket, SOL_SOCKET, SO_REUSEADDR, 1) ||
      !set(socket, IPPROTO_TCP, TCP_NODELAY, 1) || !set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, patience_ms))
    return std::unexpected(system_error("options of the socket", errno));
  return socket;
}

Result<void> bind_to(const Fd& socket, const Endpoint& endpoint) {
  const auto address = SocketAddress::of(endpoint);
  if (::bind(socket.get(), address.raw(), address.size) == 0) return {};
  return std::unexpected(system_error(endpoint.to_text(), errno));
}

}  // namespace

Result<Fd> listening_socket(const Spec& spec) {
  auto socket = tied_socket(spec);
  if (!socket) return socket;
  const bool four = spec.ours.family() == Family::v4;
  if (!set(*socket, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_FREEBIND : IPV6_FREEBIND, 1))
    return std::unexpected(system_error("options of the socket", errno));
  if (auto bound = bind_to(*socket, {spec.ours, spec.port}); !bound) return std::unexpected(bound.error());
  if (::listen(socket->get(), backlog) != 0) return std::unexpected(system_error("listen", errno));
  return socket;
}

Result<Fd> connecting_socket(const Spec& spec) {
  auto socket = tied_socket(spec);
  if (!socket) return socket;
  if (auto bound = bind_to(*socket, {spec.ours, 0}); !bound) return std::unexpected(bound.error());
  return socket;
}

unsigned device_index(const std::string& device) { return ::if_nametoindex(device.c_str()); }

}  // namespace fairlead::peer
