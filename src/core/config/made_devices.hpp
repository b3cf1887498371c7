#pragma once
// Purpose: the names of devices that Fairlead makes for a section of the file.
#include <string>

#include "core/config/draft.hpp"

namespace fairlead::config {

/// The kernel's limit (IFNAMSIZ without its end).
inline constexpr std::size_t longest_device_name = 15;

/// The device that a pair's uplink by DHCP has on `lower`: "p-eth1".
[[nodiscard]] std::string shared_device(const std::string& lower);

/// The device that carries the section's packets: "eth0.20" for VLAN 20 of eth0, "br-home" for the bridge of
/// [lan.home], else `interface`. A VLAN of a trunk with a long name is called "v20-" and the end of that name.
[[nodiscard]] std::string device_of(const LanDraft& lan);
[[nodiscard]] std::string device_of(const WanDraft& wan);

}  // namespace fairlead::config
