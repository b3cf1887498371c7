#pragma once
// Purpose: what every part of compile reads, and the names and texts that more than one part writes.
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"
#include "core/model/state.hpp"

namespace fairlead::compile {

class ProposedChoices;

struct Context {
  const Config& config;
  const Facts& facts;
  const std::vector<Uplink>& uplinks;
  const std::vector<UplinkId>& by_latency;  ///< the quickest first
  ProposedChoices& proposed;                ///< grows while the parts are compiled

  [[nodiscard]] bool is_pair() const { return config.ha.has_value(); }
  /// The other router of the pair is active, and everything that could have come here has come.
  [[nodiscard]] bool on_standby() const { return is_pair() && facts.role == Role::standby; }
  [[nodiscard]] const Uplink& uplink(const std::string& name) const;
  [[nodiscard]] std::vector<const Uplink*> uplinks_named(const std::vector<std::string>& names) const;
};

/// The addresses of a LAN, with host bits: those of the file, or else what the system has set.
[[nodiscard]] std::vector<Prefix> lan_addresses(const LanConfig& lan, const Facts& facts, Family family);

/// The same, and those that stay with this router of a pair.
[[nodiscard]] std::vector<Prefix> router_addresses(const Config& config, const LanConfig& lan, const Facts& facts,
                                                   Family family);

/// What unbound sockets of the router use as a source: a LAN's address, which stays when uplinks come and go. The
/// output hook knows by it that the socket did not ask for a certain uplink. None where no LAN has this family, or the
/// other router of a pair has them.
[[nodiscard]] std::optional<IpAddress> neutral_source(const Config& config, const Facts& facts, Family family);

/// Packets of established connections are to be forwarded by our programs, and the kernel takes them.
[[nodiscard]] bool offloads(const Context& context);

[[nodiscard]] TableId table_of(UplinkId id);
[[nodiscard]] inline TableId balance_table() { return TableId{ours::table_base}; }
[[nodiscard]] inline TableId undecided_table() { return TableId{ours::table_last}; }

/// "4" or "6", the suffix of sets and chains that exist once a family.
[[nodiscard]] const char* digit(Family family);
/// "ipv4" or "ipv6", nft's name of the protocol.
[[nodiscard]] const char* protocol_name(Family family);
/// "ip" or "ip6", nft's name of the header.
[[nodiscard]] const char* header(Family family);
/// "ipv4_addr" or "ipv6_addr", nft's name of the type.
[[nodiscard]] const char* address_type(Family family);
/// A device's or other name as an nft string.
[[nodiscard]] std::string quoted(const std::string& name);
/// An address or prefix as an nft element: full-length prefixes without their length.
[[nodiscard]] std::string element(const Prefix& prefix);
[[nodiscard]] std::string hexadecimal(std::uint32_t number);

/// Where the uplink of a new connection is chosen: "choose4", or at once "balance4" where the file has no policies.
[[nodiscard]] std::string choice_chain(const Config& config, Family family);
/// "mark_3": marks packet and connection for the uplink and ends the chain.
[[nodiscard]] std::string mark_chain(UplinkId id);
[[nodiscard]] std::string go_to(const std::string& chain);

/// `ct mark & 0x7f000000`, the only way in which marks are compared.
[[nodiscard]] std::string masked_ct_mark(const MarkMask& mask);
/// `meta mark set meta mark & 0x80ffffff | 0x01000000`, the only way in which marks are written.
[[nodiscard]] std::string set_mark(const char* which, const MarkMask& mask, UplinkId id);

}  // namespace fairlead::compile
