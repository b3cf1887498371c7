#include "core/render/dhcpcd.hpp"

namespace fairlead::render {

std::string dhcpcd_conf(const std::string& hook) {
  return "# Written by fairlead; changes are lost.\n"
         // The client tells, Fairlead decides and sets: two hands on one interface would undo each other's work.
         "noconfigure\n"
         "script " +
         hook +
         "\n"
         "ipv4only\n"
         "noipv4ll\n"
         // The modem at the other end is known to have one customer; a conflict check would cost seconds.
         "noarp\n"
         "nodelay\n"
         // Devices are named in Fairlead's file: they are not renamed any more.
         "nodev\n"
         // By the hardware address, as providers expect it; host name and vendor class are nobody's business.
         "clientid\n"
         "vendorclassid\n"
         "option subnet_mask, broadcast_address, routers, domain_name_servers, interface_mtu\n"
         // Routes of the provider's own would bypass the balance; servers that send them leave out routers.
         "nooption classless_static_routes, ms_classless_static_routes, static_routes\n"
         // What is no DHCP server's is no lease.
         "require dhcp_server_identifier\n"
         // An old lease is asked for this long, then any is taken. Fairlead itself keeps one until it expires.
         "reboot 10\n"
         "timeout 0\n";
}

}  // namespace fairlead::render
