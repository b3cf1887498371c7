#pragma once
// Purpose: what the hosts of one LAN are told of IPv6 by router advertisements (RFC 4861, 4862): prefixes to make
// addresses in, whether this router leads anywhere, resolvers (RFC 8106) and routes (RFC 4191). Wanted by compile;
// core/render/radvd makes a file of it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "core/model/lease.hpp"

namespace fairlead {

struct AdvertisedPrefix {
  enum class Use : std::uint8_t {
    preferred,
    deprecated,  ///< new connections should use another one, as soon as there is one
    withdrawn    ///< the LAN has it no more; hosts that still do are told
  };
  Prefix prefix;  ///< a /64
  Use use = Use::preferred;
  std::optional<BootTime> preferred_until;  ///< none: for ever
  std::optional<BootTime> valid_until;      ///< none: for ever
  bool operator==(const AdvertisedPrefix&) const = default;
};

struct LanAdvertisement {
  std::string lan;                  ///< its name
  std::string link;                 ///< its device
  std::optional<IpAddress> source;  ///< of a pair: its link-local address; none: the device's own
  std::vector<AdvertisedPrefix> prefixes;
  bool default_router = false;
  bool managed = false;        ///< addresses are lent by DHCPv6, too
  std::vector<Prefix> routes;  ///< other LANs that this one may reach; also while this is no default router
  std::vector<IpAddress> dns;  ///< IPv6 only
  std::string domain;          ///< that hosts search; empty: none
  bool operator==(const LanAdvertisement&) const = default;
};

}  // namespace fairlead
