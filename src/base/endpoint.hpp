#pragma once
// Purpose: an address with a port, and its form for the kernel. Source: ip(7), ipv6(7).
#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <string>

#include "base/ip.hpp"

namespace fairlead {

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// "192.0.2.1:80", "[2001:db8::1]:80".
  [[nodiscard]] std::string to_text() const;
  auto operator<=>(const Endpoint&) const = default;
};

/// A socket address as the kernel takes it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  static SocketAddress of(const Endpoint& endpoint);
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

}  // namespace fairlead
