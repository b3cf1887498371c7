#include "reflector.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace fairlead::bench {
namespace {

constexpr int room = 16 << 20;  // bytes; a whole batch of every uplink fits

/// Ends and ports change places, which leaves the IPv4 checksum as it is. That of UDP may not have been worked out, as
/// it would be by a device's hardware; none is as good over IPv4.
bool turn_around(std::span<char> packet) {
  ether_header ethernet{};
  iphdr ip{};
  udphdr udp{};
  constexpr std::size_t ip_at = sizeof ethernet;
  constexpr std::size_t udp_at = ip_at + sizeof ip;
  if (packet.size() < udp_at + sizeof udp) return false;
  std::memcpy(&ethernet, packet.data(), sizeof ethernet);
  std::memcpy(&ip, packet.data() + ip_at, sizeof ip);
  std::memcpy(&udp, packet.data() + udp_at, sizeof udp);
  if (ethernet.ether_type != htons(ETHERTYPE_IP) || ip.ihl != 5 || ip.protocol != IPPROTO_UDP) return false;
  std::swap(ethernet.ether_dhost, ethernet.ether_shost);
  std::swap(ip.saddr, ip.daddr);
  std::swap(udp.source, udp.dest);
  udp.check = 0;
  std::memcpy(packet.data(), &ethernet, sizeof ethernet);
  std::memcpy(packet.data() + ip_at, &ip, sizeof ip);
  std::memcpy(packet.data() + udp_at, &udp, sizeof udp);
  return true;
}

}  // namespace

Result<Reflector> Reflector::open(const Network& network) {
  return network.sink().inside([]() -> Result<Reflector> {
    Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_IP)));
    if (!socket) return std::unexpected(system_error("packet socket", errno));
    constexpr int yes = 1;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0 ||
        ::setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) != 0)
      return std::unexpected(system_error("packet socket's options", errno));
    return Reflector(std::move(socket));
  });
}

Result<void> Reflector::turn() const {
  std::array<char, 2048> buffer{};
  for (;;) {
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const auto size =
        ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0 && errno == EAGAIN) return {};
    if (size < 0) return std::unexpected(system_error("receive at the sink", errno));
    const auto packet = std::span(buffer).first(static_cast<std::size_t>(size));
    if (!turn_around(packet)) continue;
    if (::sendto(socket_.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&from), length) !=
        size)
      return std::unexpected(system_error("send from the sink", errno));
  }
}

}  // namespace fairlead::bench
