#include "sys/segment/segment.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <span>

#include "base/fd.hpp"

namespace fairlead::segment {
namespace {

constexpr std::uint8_t hops = 64;

/// RFC 1071, over what has an even number of bytes.
std::uint32_t sum_of(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0) {
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
    sum += static_cast<std::uint32_t>(bytes[at] << 8U | bytes[at + 1]);
  return sum;
}

std::uint16_t folded(std::uint32_t sum) {
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return htons(static_cast<std::uint16_t>(~sum));
}

tcphdr tcp_header(const Nudge& nudge, std::uint32_t sequence) {
  tcphdr tcp{};
  tcp.source = htons(nudge.from.port);
  tcp.dest = htons(nudge.to.port);
  tcp.seq = htonl(sequence);
  tcp.ack_seq = htonl(sequence + 0x40000000U);
  tcp.doff = sizeof(tcphdr) / 4;
  tcp.ack = 1;
  // The pseudo header of RFC 9293 section 3.1: addresses, protocol, length.
  std::uint32_t sum = IPPROTO_TCP + sizeof(tcphdr);
  sum = sum_of(nudge.from.address.bytes(), sum);
  sum = sum_of(nudge.to.address.bytes(), sum);
  tcp.check = folded(sum_of({reinterpret_cast<const std::uint8_t*>(&tcp), sizeof tcp}, sum));
  return tcp;
}

template <typename Header>
struct Packet {
  Header ip{};
  tcphdr tcp{};
};

Packet<iphdr> packet4(const Nudge& nudge, const tcphdr& tcp) {
  Packet<iphdr> packet;
  packet.ip.version = 4;
  packet.ip.ihl = sizeof(iphdr) / 4;
  packet.ip.tot_len = htons(sizeof packet);
  packet.ip.ttl = hops;
  packet.ip.protocol = IPPROTO_TCP;
  std::memcpy(&packet.ip.saddr, nudge.from.address.bytes().data(), 4);
  std::memcpy(&packet.ip.daddr, nudge.to.address.bytes().data(), 4);
  packet.tcp = tcp;
  return packet;
}

Packet<ip6_hdr> packet6(const Nudge& nudge, const tcphdr& tcp) {
  Packet<ip6_hdr> packet;
  packet.ip.ip6_flow = htonl(6U << 28U);
  packet.ip.ip6_plen = htons(sizeof tcp);
  packet.ip.ip6_nxt = IPPROTO_TCP;
  packet.ip.ip6_hlim = hops;
  std::memcpy(&packet.ip.ip6_src, nudge.from.address.bytes().data(), 16);
  std::memcpy(&packet.ip.ip6_dst, nudge.to.address.bytes().data(), 16);
  packet.tcp = tcp;
  return packet;
}

template <typename Bytes>
Result<void> send_to(const Fd& socket, const IpAddress& host, const Bytes& bytes) {
  const auto address = SocketAddress::of({host, 0});
  if (::sendto(socket.get(), &bytes, sizeof bytes, 0, address.raw(), address.size) >= 0) return {};
  return std::unexpected(system_error("send a segment to " + host.to_text(), errno));
}

}  // namespace

Result<void> send(const std::vector<Nudge>& nudges) {
  // IPPROTO_RAW: the header is ours, in both families (raw(7), ipv6(7)).
  const std::array<Fd, 2> sockets{Fd(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)),
                                  Fd(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW))};
  std::minstd_rand numbers(std::random_device{}());
  Result<void> outcome;
  for (const auto& nudge : nudges) {
    const auto family = nudge.to.address.family();
    const auto& socket = sockets.at(static_cast<std::size_t>(family));
    const auto tcp = tcp_header(nudge, static_cast<std::uint32_t>(numbers()));
    auto sent = family == Family::v4 ? send_to(socket, nudge.to.address, packet4(nudge, tcp))
                                     : send_to(socket, nudge.to.address, packet6(nudge, tcp));
    if (!sent && outcome) outcome = std::move(sent);
  }
  return outcome;
}

}  // namespace fairlead::segment
