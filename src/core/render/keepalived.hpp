#pragma once
// Purpose: the file of keepalived, which speaks VRRP version 3 (RFC 9568) for a pair of routers: one instance on the
// first LAN that carries the pair's addresses of all LANs and uplinks. Source: keepalived.conf(5), keepalived 2.2.
#include <optional>
#include <string>
#include <vector>

#include "core/model/config.hpp"

namespace fairlead::render {

/// Where keepalived finds and leaves things.
struct KeepalivedPaths {
  std::string notify_fifo;  ///< it writes every change of role there
  std::string track_file;   ///< what is added to its priority, by us
};

/// Between which addresses VRRP runs; both of one family.
struct VrrpEnds {
  IpAddress ours;
  IpAddress theirs;
  bool operator==(const VrrpEnds&) const = default;
};

/// In the track file: this router wants no role while the other is better.
inline constexpr int yield_weight = -254;

/// What VRRP runs between where the file says so: the routers' own addresses of the first LAN. None: link-local ones.
[[nodiscard]] std::optional<IpAddress> own_address_of_first_lan(const Config& config);

/// `config` has `ha` and addresses in its first LAN.
[[nodiscard]] std::string keepalived_conf(const Config& config, const std::string& router_name, const VrrpEnds& ends,
                                          const KeepalivedPaths& paths);

}  // namespace fairlead::render
