#pragma once
// Purpose: what Fairlead is compared with: plain forwarding, the scripts that it replaces, and rulesets of the shape
// that other programs for several uplinks make. Shapes, not the programs: their rules for the same task, without what
// this machine lacks (ipset: the connected networks are rules).
#include "variants.hpp"

namespace fairlead::bench {

/// No rule, no connection table, one uplink.
[[nodiscard]] Variant plain();
/// A tc eBPF program that knows where everything goes (redirect.bpf.c): no rule, no routing, no translation.
[[nodiscard]] Variant bare_redirect();
/// The same in XDP, by the device's driver. On veth it cannot carry TCP, whose checksums the sender leaves to the
/// device.
[[nodiscard]] Variant bare_xdp_redirect();
/// What connection tracking and NAT cost without any choice or filter, one uplink.
[[nodiscard]] Variant one_masquerade();
/// iptables for three uplinks: a multipath default route, a table and an fwmark rule for each uplink, the mark kept in
/// the connection, stateful and SYN-flood chains, masquerading.
[[nodiscard]] Variant scripts();
/// iptables; a chain for each member that draws by `statistic`, policies and rules in line, the mark saved and
/// restored. Source: mwan3's documentation and mwan3.sh in OpenWrt's packages, version 2.11.
[[nodiscard]] Variant mwan3_shape(const std::string& name, int uplinks);
/// nft; `numgen random … vmap` into a chain for each uplink, two rules for each rule of the user.
/// Source: nftables-wlb.j2 in vyos-1x, version 1.5.
[[nodiscard]] Variant vyos_shape(const std::string& name, int uplinks);

}  // namespace fairlead::bench
