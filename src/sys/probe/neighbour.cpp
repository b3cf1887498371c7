// Whether the gateway is on the link: an ARP request, or a neighbour solicitation to it.
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstring>

#include "base/endpoint.hpp"
#include "sys/probe/kinds.hpp"
#include "sys/probe/wait.hpp"

namespace fairlead::probe {
namespace {

using Mac = std::array<std::uint8_t, ETH_ALEN>;

/// RFC 826, for IPv4 on Ethernet.
struct ArpPacket {
  std::uint16_t hardware = htons(ARPHRD_ETHER);
  std::uint16_t protocol = htons(ETH_P_IP);
  std::uint8_t hardware_size = ETH_ALEN;
  std::uint8_t protocol_size = 4;
  std::uint16_t operation = htons(ARPOP_REQUEST);
  Mac sender_mac{};
  std::array<std::uint8_t, 4> sender{};
  Mac target_mac{};
  std::array<std::uint8_t, 4> target{};
};
static_assert(sizeof(ArpPacket) == 28);

std::array<std::uint8_t, 4> four_bytes(const IpAddress& address) {
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), address.bytes().data(), bytes.size());
  return bytes;
}

Result<Mac> mac_of(int socket, const std::string& device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device.c_str(), IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCGIFHWADDR, &request) != 0) return std::unexpected(system_error(device, errno));
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return fail(device + " has no Ethernet");
  Mac mac{};
  std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  return mac;
}

Outcome answered_after(Clock::time_point begun) {
  return {std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun), ""};
}

boost::asio::awaitable<Outcome> ask_arp(Request request) {
  Fd socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ARP)));
  if (!socket) co_return failed(system_error("socket", errno).message);
  sockaddr_ll link{};
  link.sll_family = AF_PACKET;
  link.sll_protocol = htons(ETH_P_ARP);
  link.sll_ifindex = static_cast<int>(::if_nametoindex(request.device.c_str()));
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&link), sizeof link) != 0)
    co_return failed(system_error(request.device, errno).message);
  const auto mac = mac_of(socket.get(), request.device);
  if (!mac) co_return failed(mac.error().message);
  ArpPacket question;
  question.sender_mac = *mac;
  if (request.source && request.source->family() == Family::v4) question.sender = four_bytes(*request.source);
  question.target = four_bytes(request.target);
  link.sll_halen = ETH_ALEN;
  std::memset(link.sll_addr, 0xff, ETH_ALEN);
  const auto begun = Clock::now();
  if (::sendto(socket.get(), &question, sizeof question, 0, reinterpret_cast<const sockaddr*>(&link), sizeof link) < 0)
    co_return failed(system_error("cannot send", errno).message);
  Waiter waiter(co_await boost::asio::this_coro::executor, std::move(socket), begun + request.patience);
  while (co_await waiter.readable()) {
    ArpPacket answer;
    if (::recv(waiter.fd(), &answer, sizeof answer, 0) < static_cast<ssize_t>(sizeof answer)) continue;
    if (answer.operation == htons(ARPOP_REPLY) && answer.sender == question.target) co_return answered_after(begun);
  }
  co_return failed("the gateway " + request.target.to_text() + " does not answer");
}

/// RFC 4861 section 4.3, to the solicited-node multicast address (RFC 4291 section 2.7.1).
struct Solicitation {
  nd_neighbor_solicit header{};
  std::uint8_t option_type = ND_OPT_SOURCE_LINKADDR;
  std::uint8_t option_length = 1;
  Mac mac{};
};

IpAddress solicited_node(const IpAddress& target) {
  std::array<std::uint8_t, 16> bytes{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
  std::memcpy(bytes.data() + 13, target.bytes().data() + 13, 3);
  return IpAddress::from_bytes(Family::v6, bytes);
}

boost::asio::awaitable<Outcome> ask_neighbour_discovery(Request request) {
  // Else the kernel takes an address of the link, as RFC 4861 wants.
  if (request.source && !request.source->is_link_local()) request.source.reset();
  auto socket = open_socket(request, Family::v6, SOCK_RAW, IPPROTO_ICMPV6);
  if (!socket) co_return failed(socket.error().message);
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &filter);
  ::setsockopt(socket->get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  const int hops = 255;
  ::setsockopt(socket->get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops);
  const auto mac = mac_of(socket->get(), request.device);
  if (!mac) co_return failed(mac.error().message);
  Solicitation question;
  question.header.nd_ns_type = ND_NEIGHBOR_SOLICIT;
  std::memcpy(&question.header.nd_ns_target, request.target.bytes().data(), 16);
  question.mac = *mac;
  auto group = SocketAddress::of({solicited_node(request.target), 0});
  reinterpret_cast<sockaddr_in6*>(group.raw())->sin6_scope_id = ::if_nametoindex(request.device.c_str());
  const auto begun = Clock::now();
  if (::sendto(socket->get(), &question, sizeof question, 0, group.raw(), group.size) < 0)
    co_return failed(system_error("cannot send", errno).message);
  Waiter waiter(co_await boost::asio::this_coro::executor, std::move(*socket), begun + request.patience);
  while (co_await waiter.readable()) {
    nd_neighbor_advert answer{};
    if (::recv(waiter.fd(), &answer, sizeof answer, 0) < static_cast<ssize_t>(sizeof answer)) continue;
    if (std::memcmp(&answer.nd_na_target, request.target.bytes().data(), 16) == 0) co_return answered_after(begun);
  }
  co_return failed("the gateway " + request.target.to_text() + " does not answer");
}

}  // namespace

boost::asio::awaitable<Outcome> ask_neighbour(Request request) {
  return request.target.family() == Family::v4 ? ask_arp(std::move(request))
                                               : ask_neighbour_discovery(std::move(request));
}

}  // namespace fairlead::probe
