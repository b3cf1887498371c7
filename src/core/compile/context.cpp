#include "core/compile/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace fairlead::compile {

const Uplink& Context::uplink(const std::string& name) const {
  const auto found = std::ranges::find_if(uplinks, [&](const Uplink& uplink) { return uplink.wan->name == name; });
  assert(found != uplinks.end());
  return *found;
}

std::vector<const Uplink*> Context::uplinks_named(const std::vector<std::string>& names) const {
  std::vector<const Uplink*> found;
  for (const auto& name : names) found.push_back(&uplink(name));
  return found;
}

std::vector<Prefix> lan_addresses(const LanConfig& lan, const Facts& facts, Family family) {
  std::vector<Prefix> found;
  for (const auto& address : lan.addresses)
    if (address.family() == family) found.push_back(address);
  if (!lan.addresses.empty()) return found;
  for (const auto& fact : facts.addresses)
    if (fact.link == lan.interface && fact.address.family() == family && fact.global && fact.usable && !fact.ours)
      found.push_back(fact.address);
  return found;
}

std::vector<Prefix> router_addresses(const Config& config, const LanConfig& lan, const Facts& facts, Family family) {
  auto addresses = lan_addresses(lan, facts, family);
  if (config.ha)
    for (const auto& own : own_addresses(*config.ha, lan.name))
      if (own.family() == family) addresses.push_back(own);
  return addresses;
}

std::optional<IpAddress> neutral_source(const Config& config, const Facts& facts, Family family) {
  for (const auto& lan : config.lans) {
    if (facts.link(lan.interface) == nullptr) continue;
    for (const auto& own : router_addresses(config, lan, facts, family))
      if (!config.ha || facts.has_address(lan.interface, own.address)) return own.address;
  }
  return std::nullopt;
}

TableId table_of(UplinkId id) { return TableId{ours::table_base + id.value}; }

const char* digit(Family family) { return family == Family::v4 ? "4" : "6"; }
const char* protocol_name(Family family) { return family == Family::v4 ? "ipv4" : "ipv6"; }
const char* header(Family family) { return family == Family::v4 ? "ip" : "ip6"; }
const char* address_type(Family family) { return family == Family::v4 ? "ipv4_addr" : "ipv6_addr"; }

std::string quoted(const std::string& name) { return '"' + name + '"'; }
std::string element(const Prefix& prefix) { return prefix.is_host() ? prefix.address.to_text() : prefix.to_text(); }
std::string hexadecimal(std::uint32_t number) { return fmt::format("{:#010x}", number); }

std::string choice_chain(const Config& config, Family family) {
  return (config.policies.empty() ? "balance" : "choose") + std::string(digit(family));
}
std::string mark_chain(UplinkId id) { return fmt::format("mark_{}", id.value); }
std::string go_to(const std::string& chain) { return "goto " + chain; }

std::string masked_ct_mark(const MarkMask& mask) { return "ct mark & " + hexadecimal(mask.bits()); }

std::string set_mark(const char* which, const MarkMask& mask, UplinkId id) {
  return fmt::format("{0} mark set {0} mark & {1} | {2}", which, hexadecimal(mask.foreign_bits()),
                     hexadecimal(mask.value(id)));
}

}  // namespace fairlead::compile
