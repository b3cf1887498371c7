#include "sys/netlink/events.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include <libmnl/libmnl.h>

namespace fairlead::netlink {
namespace {

constexpr int receive_memory = 8 * 1024 * 1024;  // a full table of another daemon may pass by

}  // namespace

Result<Fd> subscribe(int protocol, std::span<const int> groups) {
  Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd && protocol == NETLINK_NETFILTER)
    return std::unexpected(system_error("subscribe to netfilter (option NETFILTER_NETLINK, module nfnetlink)", errno));
  if (!fd) return std::unexpected(system_error("open a netlink socket for events", errno));
  // Forced past net.core.rmem_max; where that is not allowed, the default works with more overruns.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_memory, sizeof(receive_memory));
  sockaddr_nl local{};
  local.nl_family = AF_NETLINK;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof(local)) < 0) {
    return std::unexpected(system_error("bind a netlink socket for events", errno));
  }
  for (const int group : groups) {
    if (::setsockopt(fd.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0) {
      return std::unexpected(system_error("subscribe to netlink events", errno));
    }
  }
  return fd;
}

Result<void> drain(int fd, const std::function<void(const nlmsghdr&)>& note, const std::function<void()>& overrun) {
  alignas(nlmsghdr) std::array<std::uint8_t, 32'768> buffer{};
  while (true) {
    const auto size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return {};
    if (size < 0 && errno == ENOBUFS) {
      overrun();
      continue;
    }
    if (size < 0) return std::unexpected(system_error("read netlink events", errno));
    int left = static_cast<int>(size);
    const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
    while (mnl_nlmsg_ok(message, left)) {
      note(*message);
      message = mnl_nlmsg_next(message, &left);
    }
  }
}

}  // namespace fairlead::netlink
