#pragma once
// Purpose: what follows for a pair of routers from the file alone, so that both know it without asking each other:
// which addresses are the pair's, and between which addresses VRRP version 3 (RFC 9568) runs.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/config.hpp"

namespace fairlead {

/// What this router is to the pair. `leaving`: the other one is active by now, and what still comes here by old entries
/// of neighbour tables is forwarded for a moment.
enum class Role : std::uint8_t { active, leaving, standby };
[[nodiscard]] std::string_view to_text(Role role);

/// An address that keepalived gives to the active router and takes from the other.
struct PairAddress {
  std::string link;
  Prefix address;       ///< with host bits
  bool tracked = true;  ///< the router is no use to the pair while this device is down
  bool operator==(const PairAddress&) const = default;
};

/// Below, `config` has `ha`. A pair's LANs have addresses in the file.

/// Those of the file, and a link-local address on every LAN with IPv6: the default router of its hosts.
[[nodiscard]] std::vector<PairAddress> pair_addresses(const Config& config);
/// Those that stay with this router, of the LAN or uplink of this name.
[[nodiscard]] std::vector<Prefix> own_addresses(const HaConfig& ha, std::string_view name);
/// Another pair on the same LAN must not have it by chance, so it follows from the LAN's address.
[[nodiscard]] std::uint8_t virtual_router_id(const Config& config);
/// The address of hosts' default router on every LAN.
[[nodiscard]] Prefix pair_link_local(const Config& config);
/// The MAC address that both routers share, made of a card's own: marked as locally administered (IEEE 802), unique
/// where the card's is, and another than that one, beside which it stands.
[[nodiscard]] std::string shared_mac_of(const std::string& card);
/// VRRP runs between link-local addresses of the first LAN that follow from those of the sync cable.
[[nodiscard]] Prefix vrrp_address(const IpAddress& on_cable);

}  // namespace fairlead
