// 1:1 translation of LAN prefixes to an uplink's prefix (RFC 6296): every host keeps an outside address of its
// own, and the part behind the prefix is not touched. Done by conntrack, which corrects transport checksums, so
// the address bits need no checksum-neutral adjustment.
#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/prefix_translation.hpp"

namespace fairlead::compile {
namespace {

constexpr int subnet_length = 64;

/// The `index`-th /64 of a prefix.
Prefix subnet(const Prefix& whole, std::size_t index) {
  const auto base = whole.first();
  std::vector<std::uint8_t> bytes(base.bytes().begin(), base.bytes().end());
  for (std::size_t byte = 8; byte-- > 0 && index != 0; index >>= 8U)
    bytes.at(byte) = static_cast<std::uint8_t>(bytes.at(byte) | (index & 0xffU));
  return {IpAddress::from_bytes(Family::v6, bytes), subnet_length};
}

/// LAN prefixes in the file's order; the n-th gets the n-th /64 of the uplink's prefix.
std::vector<Prefix> lan_prefixes(const Context& context) {
  std::vector<Prefix> prefixes;
  for (const auto& lan : context.config.lans)
    for (const auto& address : lan_addresses(lan, context.facts, Family::v6))
      if (address.length == subnet_length) prefixes.push_back(address.network());
  return prefixes;
}

}  // namespace

void add_prefix_translation(const Context& context, const Uplink& uplink, nft::Table& table, nft::Chain& chain) {
  if (!uplink.wan->prefix_translation || !uplink.wan->prefix) return;
  const auto inside = lan_prefixes(context);
  const auto& whole = *uplink.wan->prefix;
  const auto name = fmt::format("translate_{}", uplink.id.value);
  auto& map = add_map(table, name, "type ipv6_addr : interval ipv6_addr; flags interval;",
                      "LAN prefixes to those of uplink " + uplink.wan->name);
  const auto room = std::size_t{1} << static_cast<unsigned>(std::min(subnet_length - whole.length, 16));
  for (std::size_t index = 0; index < inside.size() && index < room; ++index)
    map.elements.emplace(element(inside[index]), element(subnet(whole, index)));
  add_rule(chain, fmt::format("snat ip6 prefix to ip6 saddr map @{}", name));
}

}  // namespace fairlead::compile
