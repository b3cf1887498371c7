#pragma once
// Purpose: the file of keepalived, which speaks VRRP version 3 (RFC 9568) for a pair of routers: one instance on the
// first LAN that carries the pair's addresses of all LANs and uplinks. Source: keepalived.conf(5), keepalived 2.2.
#include <string>

#include "core/model/config.hpp"

namespace fairlead::render {

/// Where keepalived finds and leaves things.
struct KeepalivedPaths {
  std::string notify_fifo;  ///< it writes every change of role there
  std::string track_file;   ///< what is added to its priority, by us
};

/// `config` has `ha`, and addresses in its first LAN.
[[nodiscard]] std::string keepalived_conf(const Config& config, const std::string& router_name,
                                          const KeepalivedPaths& paths);

}  // namespace fairlead::render
