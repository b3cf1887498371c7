#include "base/endpoint.hpp"

#include <netinet/in.h>

#include <cstring>
#include <span>

namespace fairlead {

std::string Endpoint::to_text() const {
  const std::string text = address.to_text();
  return (address.family() == Family::v4 ? text : "[" + text + "]") + ":" + std::to_string(port);
}

SocketAddress SocketAddress::of(const Endpoint& endpoint) {
  SocketAddress result;
  if (endpoint.address.family() == Family::v4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, endpoint.address.bytes().data(), sizeof(address.sin_addr));
    std::memcpy(&result.storage, &address, sizeof(address));
    result.size = sizeof(address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, endpoint.address.bytes().data(), sizeof(address.sin6_addr));
    std::memcpy(&result.storage, &address, sizeof(address));
    result.size = sizeof(address);
  }
  return result;
}

Endpoint SocketAddress::endpoint() const {
  const auto take = [](const auto& bytes, Family family) {
    return IpAddress::from_bytes(family, std::span(reinterpret_cast<const std::uint8_t*>(&bytes), sizeof(bytes)));
  };
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof(address));
    return {take(address.sin6_addr, Family::v6), ntohs(address.sin6_port)};
  }
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof(address));
  return {take(address.sin_addr, Family::v4), ntohs(address.sin_port)};
}

}  // namespace fairlead
