#pragma once
// Purpose: what the DHCP servers of the LANs are to lend at this moment: the file's wishes, with the addresses and
// devices that are there. One list a family; DHCPv4 and DHCPv6 are two programs.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "core/model/config.hpp"

namespace fairlead {

/// One subnet of a LAN that addresses are leased in.
struct DhcpSubnet {
  std::uint32_t id = 0;  ///< leases are remembered with it; the same for the same prefix, whatever else changes
  Prefix prefix;         ///< without host bits
  IpAddress router;      ///< this router's own address in it
  std::vector<IpRange> pools;
  std::vector<StaticLease> statics;
  bool operator==(const DhcpSubnet&) const = default;
};

struct DhcpLan {
  std::string lan;
  std::string link;
  IfIndex index;
  bool carrier = false;  ///< and up; a server cannot listen before
  bool of_pair = false;  ///< the router's address there is that of a pair, and so are the leases
  bool answers = true;   ///< false: on the standby of a pair, which keeps the leases and stays silent
  Duration lease{};
  std::vector<IpAddress> dns;  ///< of this family
  std::string domain;
  std::vector<DhcpOption> options;  ///< none in IPv6
  std::vector<DhcpSubnet> subnets;  ///< not empty
  bool operator==(const DhcpLan&) const = default;
};

struct DhcpServers {
  std::array<std::vector<DhcpLan>, 2> lans;

  [[nodiscard]] const std::vector<DhcpLan>& of(Family family) const {
    return lans.at(static_cast<std::size_t>(family));
  }
  bool operator==(const DhcpServers&) const = default;
};

}  // namespace fairlead
