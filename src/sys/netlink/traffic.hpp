#pragma once
// Purpose: how much every device has sent and received, cheap enough to be asked many times a second.
// Source: linux/if_link.h RTM_GETSTATS, IFLA_STATS_LINK_64.
#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::netlink {

struct LinkTraffic {
  IfIndex index;
  std::uint64_t sent_packets = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

[[nodiscard]] Result<std::vector<LinkTraffic>> observe_traffic(Socket& socket);

}  // namespace fairlead::netlink
