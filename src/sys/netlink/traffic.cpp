#include "sys/netlink/traffic.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cstring>

namespace fairlead::netlink {

Result<std::vector<LinkTraffic>> observe_traffic(Socket& socket) {
  if_stats_msg wanted{};
  wanted.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  Request request(RTM_GETSTATS, 0, wanted);
  const auto messages = socket.dump(request);
  if (!messages) return std::unexpected(messages.error());
  std::vector<LinkTraffic> result;
  messages->for_each([&](const nlmsghdr& message) {
    const auto header = fixed_header<if_stats_msg>(message);
    const auto bytes = Attributes(message, sizeof(header)).find(IFLA_STATS_LINK_64);
    rtnl_link_stats64 stats{};  // longer in newer kernels, shorter in older ones; these fields come first
    std::memcpy(&stats, bytes.data(), std::min(bytes.size(), sizeof(stats)));
    result.push_back({IfIndex{header.ifindex}, stats.tx_packets, stats.rx_packets, stats.tx_bytes, stats.rx_bytes});
  });
  return result;
}

}  // namespace fairlead::netlink
