#include "core/render/keepalived.hpp"

#include <fmt/format.h>

#include "core/model/pair.hpp"

namespace fairlead::render {
namespace {

/// Fairlead has the routes to these subnets ready on both routers. Without no_track one dead device would move the
/// whole router.
std::string line_of(const PairAddress& one) {
  return fmt::format("    {} dev {} noprefixroute{}\n", one.address.to_text(), one.link,
                     one.tracked ? "" : " no_track");
}

/// VRRP over IPv6 tells the addresses of IPv6, of which the first must be a link-local one (RFC 9568, section 5.2.9);
/// those of IPv4 move with them.
struct Carried {
  std::string told;
  std::string others;
};

Carried carried(const Config& config) {
  const PairAddress first{config.lans.front().interface, pair_link_local(config)};
  Carried lines{line_of(first), ""};
  for (const auto& one : pair_addresses(config)) {
    if (one == first) continue;
    (one.address.family() == Family::v6 ? lines.told : lines.others) += line_of(one);
  }
  return lines;
}

}  // namespace

std::string keepalived_conf(const Config& config, const std::string& router_name, const KeepalivedPaths& paths) {
  const auto& ha = *config.ha;
  const auto addresses = carried(config);
  std::string text = fmt::format(
      "# Written by fairlead; changes are lost.\n"
      "global_defs {{\n"
      // Before notify_fifo, or the fifo is dead after the first reload.
      "  script_user root\n"
      "  enable_script_security\n"
      "  router_id {}\n"
      "  vrrp_version 3\n"
      // An address of a device that is not there yet is passed over.
      "  dynamic_interfaces allow_if_changes\n"
      // Neighbours learn where the addresses are now, soon and more than once.
      "  vrrp_garp_master_delay 1\n"
      "  vrrp_garp_master_repeat 3\n"
      "  vrrp_garp_interval 0.001\n"
      "  vrrp_gna_interval 0.001\n"
      "  vrrp_garp_master_refresh 60\n"
      "  notify_fifo {}\n"
      "  fifo_write_vrrp_states_on_reload\n"
      // Of two that were active the one that stays announces itself once more, after what the other one last said.
      "  vrrp_higher_prio_send_advert true\n"
      // Fairlead starts it with a real-time priority. Its own vrrp_rt_priority comes with a limit (RLIMIT_RTTIME) that
      // every reload sets to 0, so that the kernel kills it a moment later where it may not raise limits.
      "  max_auto_priority -1\n"
      "  vrrp_no_swap\n"
      "}}\n"
      "track_file role {{\n"
      "  file {}\n"
      "  weight 1\n"
      "}}\n"
      "vrrp_instance pair {{\n"
      "  state BACKUP\n"
      "  interface {}\n"
      "  virtual_router_id {}\n"
      "  priority {}\n"
      "  advert_int {:.3f}\n"
      "  unicast_src_ip {}\n"
      // Who is further away than the LAN is not heard (RFC 9568, 5.1.2.3); keepalived would send 64.
      "  unicast_ttl 255\n"
      "  unicast_peer {{\n"
      "    {} min_ttl 255 max_ttl 255\n"
      "  }}\n"
      "  check_unicast_src\n"
      "  track_file {{\n"
      "    role\n"
      "  }}\n",
      router_name, paths.notify_fifo, paths.track_file, config.lans.front().interface, virtual_router_id(config),
      ha.priority, std::chrono::duration<double>(ha.advert).count(), vrrp_address(ha.address.address).address.to_text(),
      vrrp_address(ha.peer).address.to_text());
  // When the role is given back is for Fairlead to say, which knows whether this router has caught up.
  if (!ha.preempt.wanted) text += "  nopreempt\n";
  text += "  virtual_ipaddress {\n" + addresses.told + "  }\n";
  if (!addresses.others.empty()) text += "  virtual_ipaddress_excluded {\n" + addresses.others + "  }\n";
  return text + "}\n";
}

}  // namespace fairlead::render
