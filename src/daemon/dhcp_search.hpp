#pragma once
// Purpose: asks the networks behind some devices for DHCP servers, once, as `fairlead init` does on a machine that is
// no router yet. A question only: nothing is taken.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "core/model/facts.hpp"

namespace fairlead::daemon {

/// Device → the first server that answered there within `patience`. A device that cannot ask is left out.
[[nodiscard]] std::map<std::string, IpAddress> find_dhcp_servers(const std::vector<std::string>& devices,
                                                                 std::chrono::milliseconds patience);

/// What the kernel says of this machine, without any file.
[[nodiscard]] Result<Facts> machine_facts();

}  // namespace fairlead::daemon
