#pragma once
// Purpose: the file of Kea's DHCPv4 or DHCPv6 server (kea-dhcp4, kea-dhcp6).
// Source: Kea Administrator Reference Manual 2.2, chapters 8 and 9.
#include <string>
#include <vector>

#include "core/model/dhcp_server.hpp"

namespace fairlead::render {

/// The paths are Debian's, as Kea itself sees them: its AppArmor profile allows no other.
struct KeaPaths {
  Family family = Family::v4;

  [[nodiscard]] std::string program() const { return family == Family::v4 ? "kea-dhcp4" : "kea-dhcp6"; }
  [[nodiscard]] std::string conf_name() const { return program() + ".conf"; }
  [[nodiscard]] std::string socket_name() const {
    return family == Family::v4 ? "kea4-ctrl-socket" : "kea6-ctrl-socket";
  }
  [[nodiscard]] std::string leases_name() const { return family == Family::v4 ? "kea-leases4.csv" : "kea-leases6.csv"; }
  static constexpr auto conf_folder = "/etc/kea";
  static constexpr auto run_folder = "/run/kea";
  static constexpr auto lock_folder = "/run/lock/kea";
  static constexpr auto state_folder = "/var/lib/kea";
};

/// `lease_commands` is the path of Kea's library libdhcp_lease_cmds.so; empty: there is none, and leases cannot be
/// asked for.
[[nodiscard]] std::string kea_conf(Family family, const std::vector<DhcpLan>& lans, const std::string& lease_commands);

}  // namespace fairlead::render
