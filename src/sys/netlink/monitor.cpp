#include "sys/netlink/monitor.hpp"

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>

#include "core/model/state.hpp"
#include "sys/netlink/events.hpp"
#include "sys/netlink/message.hpp"

namespace fairlead::netlink {

namespace {

constexpr std::uint32_t lower_up = 1U << 16;  // IFF_LOWER_UP; linux/if.h cannot stand beside net/if.h

void note_link(const nlmsghdr& message, Changes& changes) {
  changes.links = true;
  const auto flags = fixed_header<ifinfomsg>(message).ifi_flags;
  if (message.nlmsg_type == RTM_DELLINK || (flags & lower_up) == 0) changes.carrier_lost = true;
}

void note_route(const nlmsghdr& message, Changes& changes) {
  if (changes.routes) return;
  const auto header = fixed_header<rtmsg>(message);
  if ((header.rtm_flags & RTM_F_CLONED) != 0) return;
  if (header.rtm_table == RT_TABLE_MAIN || header.rtm_protocol == ours::route_protocol) {
    changes.routes = true;
    return;
  }
  if (header.rtm_table == RT_TABLE_LOCAL) return;
  const auto table = Attributes(message, sizeof(header)).u32(RTA_TABLE).value_or(header.rtm_table);
  if (table >= ours::table_base && table <= ours::table_last) changes.routes = true;
}

void note_nft(const nlmsghdr& message, Changes& changes) {
  // In every nftables message about an object of a table, attribute 1 is the table's name (NFTA_…_TABLE).
  const auto header = fixed_header<nfgenmsg>(message);
  if (header.nfgen_family != NFPROTO_INET || (message.nlmsg_type & 0xffU) == NFT_MSG_NEWGEN) return;
  const auto table = Attributes(message, sizeof(header)).text(NFTA_TABLE_NAME);
  if (table && std::string("inet ") + *table == nft::table_name) changes.nft = true;
}

void note(const nlmsghdr& message, Changes& changes) {
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      note_link(message, changes);
      break;
    case RTM_NEWADDR:
    case RTM_DELADDR:
      changes.addresses = true;
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      note_route(message, changes);
      break;
    case RTM_NEWRULE:
    case RTM_DELRULE:
      changes.rules = true;
      break;
    default:
      if (message.nlmsg_type >> 8U == NFNL_SUBSYS_NFTABLES) note_nft(message, changes);
      break;
  }
}

}  // namespace

Result<Monitor> Monitor::open() {
  constexpr std::array route_groups{RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
                                    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE};
  std::array<int, route_groups.size()> groups{};
  std::ranges::copy(route_groups, groups.begin());
  auto route = subscribe(NETLINK_ROUTE, groups);
  if (!route) return std::unexpected(route.error());
  auto netfilter = subscribe(NETLINK_NETFILTER, std::array<int, 1>{NFNLGRP_NFTABLES});
  if (!netfilter) return std::unexpected(netfilter.error());
  return Monitor(*std::move(route), *std::move(netfilter));
}

Result<Changes> Monitor::read() {
  Changes changes;
  for (const int fd : fds()) {
    const auto overrun = [&] { changes = Changes::everything(); };
    if (auto done = drain(fd, [&](const nlmsghdr& message) { note(message, changes); }, overrun); !done)
      return std::unexpected(done.error());
  }
  return changes;
}

}  // namespace fairlead::netlink
