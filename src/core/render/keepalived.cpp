#include "core/render/keepalived.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace fairlead::render {
namespace {

/// One group on a LAN; another pair there must not be ours by chance, so it follows from the LAN's address.
int virtual_router_id(const Prefix& address) {
  constexpr int ids = 255;
  return static_cast<int>(stable_hash(address.address.to_text()) % ids) + 1;
}

/// The kernel's own connected route is what a LAN needs at once. An uplink's would clash with that of another uplink of
/// the same subnet; ours follow. Without no_track one dead uplink would move the whole router.
std::string virtual_address(const Prefix& address, const std::string& device, bool uplink) {
  return fmt::format("    {} dev {}{}\n", address.to_text(), device, uplink ? " noprefixroute no_track" : "");
}

std::string virtual_addresses(const Config& config, Family family) {
  std::string lines;
  for (const auto& lan : config.lans)
    for (const auto& address : lan.addresses)
      if (address.family() == family) lines += virtual_address(address, lan.interface, &lan != &config.lans.front());
  for (const auto& wan : config.wans)
    for (const auto& address : wan.addresses)
      if (address.family() == family) lines += virtual_address(address, wan.interface, true);
  return lines;
}

}  // namespace

std::optional<IpAddress> own_address_of_first_lan(const Config& config) {
  const auto& first = config.lans.front().name;
  const auto found = std::ranges::find(config.ha->own, first, &OwnAddress::of);
  return found == config.ha->own.end() ? std::nullopt : std::optional(found->address.address);
}

std::string keepalived_conf(const Config& config, const std::string& router_name, const VrrpEnds& ends,
                            const KeepalivedPaths& paths) {
  const auto& ha = *config.ha;
  const auto& lan = config.lans.front();
  const auto family = ends.ours.family();
  const auto other = family == Family::v4 ? Family::v6 : Family::v4;
  const auto carried = virtual_addresses(config, family);
  const auto excluded = virtual_addresses(config, other);
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
      "  vrrp_garp_master_refresh 60\n"
      "  notify_fifo {}\n"
      "  fifo_write_vrrp_states_on_reload\n"
      "  vrrp_rt_priority 50\n"
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
      "  unicast_peer {{\n"
      "    {}\n"
      "  }}\n"
      "  check_unicast_src\n"
      "  track_file {{\n"
      "    role\n"
      "  }}\n",
      router_name, paths.notify_fifo, paths.track_file, lan.interface, virtual_router_id(lan.addresses.front()),
      ha.priority, std::chrono::duration<double>(ha.advert).count(), ends.ours.to_text(), ends.theirs.to_text());
  if (!ha.preempt.wanted) text += "  nopreempt\n";
  if (ha.preempt.wanted && ha.preempt.after.count() != 0)
    text += fmt::format("  preempt_delay {:.3f}\n", std::chrono::duration<double>(ha.preempt.after).count());
  text += "  virtual_ipaddress {\n" + carried + "  }\n";
  if (!excluded.empty()) text += "  virtual_ipaddress_excluded {\n" + excluded + "  }\n";
  return text + "}\n";
}

}  // namespace fairlead::render
