#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/spread.hpp"

namespace fairlead::compile {
namespace {

struct Affinity {
  std::string key;   ///< "ip saddr . ip daddr"
  std::string type;  ///< "type ipv4_addr . ipv4_addr : mark"
};

Affinity affinity_of(PersistBy by, Family family) {
  const auto* ip = header(family);
  const auto* type = address_type(family);
  if (by == PersistBy::source) return {fmt::format("{} saddr", ip), fmt::format("type {} : mark", type)};
  if (family == Family::v4) return {"ip saddr . ip daddr", "type ipv4_addr . ipv4_addr : mark"};
  // libnftables 1.0.6 aborts on an update of a map with so long a key; a hash does as well, since two pairs that
  // collide merely share an uplink.
  return {"jhash ip6 saddr . ip6 daddr mod 4294967295 seed 0x6661726c", "typeof numgen inc mod 65536 : meta mark"};
}

std::string keep_chain(Family family, UplinkId id) { return fmt::format("keep{}_{}", digit(family), id.value); }

/// Related connections keep their uplink: packets fill a map with what was chosen, and only choices that are
/// still active count. nft cannot write a looked-up mark through a mask, so the map's answer goes into the whole
/// conntrack mark while its foreign bits are zero (they are, on a first packet, unless another program marks
/// connections before us; then affinity gives way to plain balancing).
void add_persistence(const Context& context, nft::Table& table, Family family, const std::vector<const Uplink*>& active,
                     const Persist& persist) {
  const auto& mask = context.config.router.mark_mask;
  const auto affinity = affinity_of(persist.by, family);
  const auto map_name = fmt::format("affinity{}", digit(family));
  auto& map = add_dynamic_set(table, map_name,
                              fmt::format("{}; size 65536; flags dynamic,timeout; timeout {}s;", affinity.type,
                                          std::chrono::duration_cast<std::chrono::seconds>(persist.lifetime).count()),
                              "uplinks that hosts used lately");
  map.is_map = true;
  auto& kept = add_map(table, fmt::format("kept{}", digit(family)), "type mark : verdict;", "choices that may be kept");
  for (const auto* uplink : active) {
    const auto chain = keep_chain(family, uplink->id);
    add_rule(table.chains[chain],
             fmt::format("update @{} {{ {} : {} }}", map_name, affinity.key, hexadecimal(mask.value(uplink->id))));
    add_rule(table.chains[chain], go_to(mark_chain(uplink->id)));
    kept.elements.emplace(hexadecimal(mask.value(uplink->id)), go_to(chain));
  }
  auto& balance = table.chains[fmt::format("balance{}", digit(family))];
  add_rule(balance, fmt::format("ct mark & {} == 0 ct mark set {} map @{}", hexadecimal(mask.foreign_bits()),
                                affinity.key, map_name));
  add_rule(balance, fmt::format("{} vmap @kept{}", masked_ct_mark(mask), digit(family)));
  // An update leaves the value of an element that exists as it is, so a choice that may not be kept goes first.
  add_rule(balance, fmt::format("{} != 0 delete @{} {{ {} : 0 }}", masked_ct_mark(mask), map_name, affinity.key));
}

}  // namespace

void add_balance(const Context& context, nft::Table& table) {
  for (const auto family : families) {
    const auto chain = fmt::format("balance{}", digit(family));
    table.chains[chain];  // stays empty while no uplink is active: then the routing rules refuse
    const auto active = active_uplinks(context.uplinks, family);
    const auto& persist = context.config.balance.persist;
    if (persist && !active.empty()) add_persistence(context, table, family, active, *persist);
    std::vector<const Uplink*> members;
    for (const auto& uplink : context.uplinks)
      if (!active.empty() && uplink.wan->tier == active.front()->wan->tier) members.push_back(&uplink);
    add_spread(context, table, chain,
               {context.config.balance.method, fmt::format("slots{}", digit(family)), family, members, active,
                [&](UplinkId id) { return go_to(persist ? keep_chain(family, id) : mark_chain(id)); }});
  }
}

}  // namespace fairlead::compile
