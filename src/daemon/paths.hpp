#pragma once
// Purpose: where the daemon keeps what it must remember. `run` is gone after a reboot, like the kernel state that
// it describes; `state` outlives it.
#include <string>

namespace fairlead::daemon {

inline constexpr const char* dhcp_hook_name = "dhcp-hook";

struct Paths {
  std::string run = "/run/fairlead";
  std::string state = "/var/lib/fairlead";

  [[nodiscard]] std::string control_socket() const { return run + "/control.sock"; }
  [[nodiscard]] std::string lock() const { return run + "/lock"; }
  [[nodiscard]] std::string sysctls() const { return run + "/sysctls.json"; }
  [[nodiscard]] std::string verdicts() const { return run + "/verdicts.json"; }
  [[nodiscard]] std::string leases() const { return run + "/leases.json"; }
  /// Which processes run below us, one file each.
  [[nodiscard]] std::string services() const { return run + "/services"; }
  /// What the DHCP client of an uplink needs while it runs, and what it remembers.
  [[nodiscard]] std::string dhcp_run(const std::string& link) const { return run + "/dhcp/" + link; }
  [[nodiscard]] std::string dhcp_state(const std::string& link) const { return state + "/dhcp/" + link; }
  /// Fairlead itself under the name by which it knows that a DHCP client calls; beside the control socket.
  [[nodiscard]] std::string dhcp_hook() const { return run + "/" + dhcp_hook_name; }
  /// The same of the LANs' DHCP server; `name` is "kea-dhcp4" or "kea-dhcp6". Leases are in the state folder.
  [[nodiscard]] std::string kea_run(const std::string& name) const { return run + "/" + name; }
  [[nodiscard]] std::string kea_state(const std::string& name) const { return state + "/" + name; }
  /// The folder of keepalived's file, its fifo, and the file by which it is told to yield.
  [[nodiscard]] std::string keepalived() const { return run + "/keepalived"; }
  /// What a router of a pair must remember: the other one, and maintenance.
  [[nodiscard]] std::string pair() const { return state + "/pair.json"; }
  /// The folder that radvd reads its file in.
  [[nodiscard]] std::string radvd() const { return run + "/radvd"; }
  /// Of the pair's connections; a UNIX socket's path must be short.
  [[nodiscard]] std::string conntrackd_conf() const { return run + "/conntrackd.conf"; }
  [[nodiscard]] std::string conntrackd_socket() const { return run + "/conntrackd.sock"; }
  [[nodiscard]] std::string conntrackd_lock() const { return run + "/conntrackd.lock"; }
  /// IPv6 prefixes that LANs were told of.
  [[nodiscard]] std::string advertised() const { return state + "/advertised.json"; }
  /// What lets somebody in to the page.
  [[nodiscard]] std::string page_token() const { return state + "/page.token"; }
  [[nodiscard]] std::string uplinks() const { return state + "/uplinks.json"; }
  [[nodiscard]] std::string overrides() const { return state + "/overrides.json"; }
};

}  // namespace fairlead::daemon
