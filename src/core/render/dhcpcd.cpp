#include "core/render/dhcpcd.hpp"

namespace fairlead::render {

namespace {

// In each: the client tells, Fairlead decides and sets. Two hands on one interface would undo each other's work.
constexpr auto always =
    "# Written by fairlead; changes are lost.\n"
    "noconfigure\n"
    "nodelay\n"
    // Devices are named in Fairlead's file: they are not renamed any more.
    "nodev\n"
    // By the hardware address, as providers expect it; host name and vendor class are nobody's business.
    "clientid\n"
    "vendorclassid\n"
    // An old lease is asked for this long, then any is taken. Fairlead itself keeps one until it expires.
    "reboot 10\n"
    "timeout 0\n"
    // Advertisements are the kernel's business.
    "noipv6rs\n";

constexpr auto for_address =
    "noipv4ll\n"
    // The modem at the other end is known to have one customer; a conflict check would cost seconds.
    "noarp\n"
    "option subnet_mask, broadcast_address, routers, domain_name_servers, interface_mtu\n"
    // Routes of the provider's own would bypass the balance; servers that send them leave out routers.
    "nooption classless_static_routes, ms_classless_static_routes, static_routes\n"
    // What is no DHCP server's is no lease.
    "require dhcp_server_identifier\n";

}  // namespace

std::string dhcpcd_conf(const std::string& link, DhcpWish wish, const std::string& hook) {
  std::string text = always;
  text += "script " + hook + "\n";
  text += wish.address ? for_address : "noipv4\nnodhcp\n";
  if (!wish.prefix) return text + "noipv6\nnodhcp6\n";
  // "-": the prefix is given to no interface by the client.
  return text + "interface " + link + "\n  ia_pd 1 -\n";
}

}  // namespace fairlead::render
