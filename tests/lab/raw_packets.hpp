#pragma once
// Purpose: packets that no ordinary socket would send: TCP segments without a connection, any source address. They
// are written whole and take the way that the sending host's routes say. Source: raw(7), RFC 9293, RFC 768, RFC 4443.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "lab/host.hpp"

namespace fairlead::raw {

namespace tcp {
inline constexpr unsigned fin = 1;
inline constexpr unsigned syn = 2;
inline constexpr unsigned rst = 4;
inline constexpr unsigned psh = 8;
inline constexpr unsigned ack = 16;
inline constexpr unsigned urg = 32;
}  // namespace tcp

using Bytes = std::string;

inline void append16(Bytes& bytes, unsigned value) {
  bytes.push_back(static_cast<char>(value >> 8U & 0xffU));
  bytes.push_back(static_cast<char>(value & 0xffU));
}

inline void append(Bytes& bytes, const IpAddress& address) {
  for (const auto byte : address.bytes()) bytes.push_back(static_cast<char>(byte));
}

/// RFC 1071.
inline unsigned checksum(Bytes bytes) {
  if (bytes.size() % 2 != 0) bytes.push_back('\0');
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    sum += static_cast<unsigned>(static_cast<unsigned char>(bytes[i])) << 8U | static_cast<unsigned char>(bytes[i + 1]);
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return ~sum & 0xffffU;
}

/// Fills in the checksum at `at`, with the pseudo-header that both families sum alike.
inline Bytes summed(Bytes payload, std::size_t at, const IpAddress& from, const IpAddress& to, unsigned protocol) {
  Bytes all;
  if (protocol != IPPROTO_ICMP) {
    append(all, from);
    append(all, to);
    append16(all, protocol);
    append16(all, static_cast<unsigned>(payload.size()));
  }
  const auto sum = checksum(all + payload);
  payload[at] = static_cast<char>(sum >> 8U);
  payload[at + 1] = static_cast<char>(sum & 0xffU);
  return payload;
}

inline Bytes header(const IpAddress& from, const IpAddress& to, unsigned protocol, std::size_t size) {
  Bytes bytes;
  if (from.family() == Family::v4) {
    append16(bytes, 0x4500U);
    append16(bytes, static_cast<unsigned>(20 + size));
    append16(bytes, 0);
    append16(bytes, 0);
    append16(bytes, 64U << 8U | protocol);
    append16(bytes, 0);  // the kernel sums IPv4's header itself
  } else {
    append16(bytes, 0x6000U);
    append16(bytes, 0);
    append16(bytes, static_cast<unsigned>(size));
    append16(bytes, protocol << 8U | 64U);
  }
  append(bytes, from);
  append(bytes, to);
  return bytes;
}

inline void send(const lab::Host& host, const IpAddress& from, const IpAddress& to, unsigned protocol,
                 const Bytes& payload) {
  const auto sent = host.inside([&]() -> Result<void> {
    const bool four = to.family() == Family::v4;
    const Fd fd(::socket(four ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    auto target = lab::SocketAddress::of({to, 0});
    const auto packet = header(from, to, protocol, payload.size()) + payload;
    if (::sendto(fd.get(), packet.data(), packet.size(), 0, target.raw(), target.size) < 0)
      return std::unexpected(system_error("send a raw packet", errno));
    return {};
  });
  EXPECT_TRUE(sent) << sent.error().message;
}

inline void send_segment(const lab::Host& host, const lab::Endpoint& from, const lab::Endpoint& to, unsigned flags) {
  Bytes segment;
  append16(segment, from.port);
  append16(segment, to.port);
  for (const unsigned half : {0x1234U, 0x5678U, 0x9abcU, 0xdef0U}) append16(segment, half);
  append16(segment, 5U << 12U | flags);
  append16(segment, 65535U);
  append16(segment, 0);
  append16(segment, 0);
  send(host, from.address, to.address, IPPROTO_TCP, summed(segment, 16, from.address, to.address, IPPROTO_TCP));
}

inline void send_datagram(const lab::Host& host, const lab::Endpoint& from, const lab::Endpoint& to,
                          const std::string& text) {
  Bytes datagram;
  append16(datagram, from.port);
  append16(datagram, to.port);
  append16(datagram, static_cast<unsigned>(8 + text.size()));
  append16(datagram, 0);
  send(host, from.address, to.address, IPPROTO_UDP, summed(datagram + text, 6, from.address, to.address, IPPROTO_UDP));
}

/// `id` tells one echo request from another: the same one twice is one connection to the router.
inline void send_echo_request(const lab::Host& host, const IpAddress& from, const IpAddress& to, unsigned id) {
  const bool four = to.family() == Family::v4;
  const auto protocol = static_cast<unsigned>(four ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6});
  Bytes request;
  append16(request, (four ? 8U : 128U) << 8U);
  append16(request, 0);
  append16(request, id);
  append16(request, 1);
  send(host, from, to, protocol, summed(request, 2, from, to, protocol));
}

}  // namespace fairlead::raw
