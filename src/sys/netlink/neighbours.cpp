#include "sys/netlink/neighbours.hpp"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <array>

#include "sys/netlink/events.hpp"
#include "sys/netlink/message.hpp"

namespace fairlead::netlink {
namespace {

std::optional<LostNeighbour> lost(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWNEIGH) return std::nullopt;
  const auto header = fixed_header<ndmsg>(message);
  const auto family = from_kernel(header.ndm_family);
  if (!family || (header.ndm_state & NUD_FAILED) == 0) return std::nullopt;
  const auto address = Attributes(message, sizeof(header)).address(NDA_DST, *family);
  if (!address) return std::nullopt;
  return LostNeighbour{IfIndex{static_cast<std::uint32_t>(header.ndm_ifindex)}, *address};
}

}  // namespace

Result<NeighbourMonitor> NeighbourMonitor::open() {
  auto fd = subscribe(NETLINK_ROUTE, std::array<int, 1>{RTNLGRP_NEIGH});
  if (!fd) return std::unexpected(fd.error());
  return NeighbourMonitor(*std::move(fd));
}

Result<std::vector<LostNeighbour>> NeighbourMonitor::read() {
  std::vector<LostNeighbour> all;
  const auto note = [&](const nlmsghdr& message) {
    if (const auto one = lost(message)) all.push_back(*one);
  };
  if (auto done = drain(fd_.get(), note, [] {}); !done) return std::unexpected(done.error());
  return all;
}

}  // namespace fairlead::netlink
