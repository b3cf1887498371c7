#pragma once
// Purpose: the file of the DHCP client of one uplink. Source: dhcpcd.conf(5), dhcpcd 9.4.
#include <string>

namespace fairlead::render {

/// `hook` is the absolute path of the program that is told every event. The client changes nothing itself.
[[nodiscard]] std::string dhcpcd_conf(const std::string& hook);

}  // namespace fairlead::render
