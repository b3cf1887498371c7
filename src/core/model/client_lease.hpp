#pragma once
// Purpose: what one host of a LAN was lent by its DHCP server (RFC 2131, RFC 8415).
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/ip.hpp"
#include "base/wall_time.hpp"

namespace fairlead {

struct ClientLease {
  std::string lan;
  IpAddress address;
  std::string mac;   ///< empty: a DHCPv6 client that does not show it
  std::string host;  ///< the name that it gives itself, not to be trusted; empty: none
  WallTime expires;
  bool is_static = false;  ///< the file gives it always the same address
  bool operator==(const ClientLease&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const ClientLease& lease);
/// Throws what the JSON library throws, like every reader of a part.
[[nodiscard]] ClientLease client_lease_from_json(const nlohmann::json& json);

}  // namespace fairlead
