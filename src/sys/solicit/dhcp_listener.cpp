#include "sys/solicit/dhcp_listener.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fairlead::solicit {
namespace {

/// UDP over IPv4 from port 67, in classic BPF: no other packet of the LAN wakes us.
Result<void> filter_servers(const Fd& socket) {
  std::array<sock_filter, 11> code{{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 8),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 6),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 67, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
    return std::unexpected(system_error("filter packets of DHCP servers", errno));
  return {};
}

}  // namespace

Result<DhcpListener> DhcpListener::open(const std::string& device) {
  // Without a protocol it sees nothing until the filter is there and it is bound.
  Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return std::unexpected(system_error("open a packet socket", errno));
  ifreq request{};
  if (device.size() >= sizeof request.ifr_name) return fail("there is no device " + device);
  std::ranges::copy(device, std::begin(request.ifr_name));
  if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) return std::unexpected(system_error(device, errno));
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return fail(device + " is no Ethernet device");
  std::array<std::uint8_t, 6> mac{};
  std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  if (auto filtered = filter_servers(socket); !filtered) return std::unexpected(filtered.error());
  sockaddr_ll link{};
  link.sll_family = AF_PACKET;
  // Not ETH_P_ALL, which would see what we send, too.
  link.sll_protocol = htons(ETH_P_IP);
  link.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&link), sizeof link) != 0)
    return std::unexpected(system_error(device, errno));
  return DhcpListener(std::move(socket), link.sll_ifindex, mac);
}

Result<void> DhcpListener::send(std::span<const std::uint8_t> frame) const {
  if (::send(socket_.get(), frame.data(), frame.size(), 0) < 0)
    return std::unexpected(system_error("ask for DHCP servers", errno));
  return {};
}

Result<std::vector<std::uint8_t>> DhcpListener::receive() const {
  std::vector<std::uint8_t> frame(2048);
  for (;;) {
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const auto size =
        ::recvfrom(socket_.get(), frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0 && errno != EAGAIN) return std::unexpected(system_error("hear DHCP servers", errno));
    // A socket of a trunk is given the packets of its VLANs, too; they say that they are of another device.
    if (size > 0 && from.sll_ifindex != index_) continue;
    frame.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return frame;
  }
}

}  // namespace fairlead::solicit
