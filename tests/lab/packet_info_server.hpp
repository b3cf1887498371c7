#pragma once
// Purpose: a UDP service that listens on no certain address, in the three ways that such services answer: as the
// kernel sees fit, or from the address that was asked, or also by the device that was asked. Source: ip(7), ipv6(7).
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead {

enum class Reply : std::uint8_t { plain, from_address, from_address_and_device };

class PacketInfoServer {
 public:
  static Result<PacketInfoServer> open(const lab::Host& host, Family family, std::uint16_t port) {
    auto socket = host.udp({IpAddress::any(family), port});
    if (!socket) return std::unexpected(socket.error());
    const int on = 1;
    const bool four = family == Family::v4;
    if (::setsockopt(socket->fd(), four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_PKTINFO : IPV6_RECVPKTINFO, &on,
                     sizeof on) != 0)
      return std::unexpected(system_error("ask for packet information", errno));
    return PacketInfoServer(std::move(*socket));
  }

  /// Waits for a datagram and gives it back.
  Result<void> answer_one(Reply reply, lab::Deadline deadline) {
    if (!lab::wait_ready(socket_.fd(), POLLIN, deadline)) return fail("nothing came");
    std::array<char, 2048> bytes{};
    alignas(cmsghdr) std::array<char, 256> control{};
    lab::SocketAddress peer;
    iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_name = peer.raw();
    message.msg_namelen = peer.size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = ::recvmsg(socket_.fd(), &message, 0);
    if (size < 0) return std::unexpected(system_error("receive", errno));
    part.iov_len = static_cast<std::size_t>(size);
    if (reply == Reply::plain) {
      message.msg_control = nullptr;
      message.msg_controllen = 0;
    } else {
      prepare(message, reply);
    }
    if (::sendmsg(socket_.fd(), &message, 0) < 0) return std::unexpected(system_error("answer", errno));
    return {};
  }

 private:
  explicit PacketInfoServer(lab::UdpSocket socket) : socket_(std::move(socket)) {}

  static void prepare(msghdr& message, Reply reply) {
    for (cmsghdr* entry = CMSG_FIRSTHDR(&message); entry != nullptr; entry = CMSG_NXTHDR(&message, entry)) {
      if (entry->cmsg_level == IPPROTO_IP && entry->cmsg_type == IP_PKTINFO) {
        in_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(entry), sizeof info);
        info.ipi_spec_dst = info.ipi_addr;
        if (reply == Reply::from_address) info.ipi_ifindex = 0;
        std::memcpy(CMSG_DATA(entry), &info, sizeof info);
      } else if (entry->cmsg_level == IPPROTO_IPV6 && entry->cmsg_type == IPV6_PKTINFO) {
        in6_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(entry), sizeof info);
        if (reply == Reply::from_address) info.ipi6_ifindex = 0;
        std::memcpy(CMSG_DATA(entry), &info, sizeof info);
      }
    }
  }

  lab::UdpSocket socket_;
};

}  // namespace fairlead
