// Port forwards are found in maps, one for each set of uplinks that forwards name: the cost of a packet does not
// grow with their number. Ranges that keep their ports stand in an interval map; ranges that shift are expanded.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

using IdSet = std::vector<UplinkId>;  // sorted; empty: every uplink

IdSet ids_of(const Context& context, const std::vector<std::string>& names) {
  IdSet ids;
  for (const auto* uplink : context.uplinks_named(names)) ids.push_back(uplink->id);
  make_set(ids);
  return ids;
}

std::string group_name(const IdSet& ids) {
  if (ids.empty()) return "any";
  std::vector<std::string> parts;
  for (const auto id : ids) parts.push_back(std::to_string(id.value));
  return join(parts, "_");
}

bool keeps_ports(const ForwardConfig& forward) { return !forward.to_port || *forward.to_port == forward.port.first; }

/// The maps of one group and family, made when the first forward needs them.
class ForwardMaps {
 public:
  ForwardMaps(nft::Table& table, Family family, const std::string& group, ElementOrigins& origins)
      : table_(table), family_(family), origins_(origins) {
    const auto stem = fmt::format("forward{}_{}", digit(family), group);
    single_ = stem;
    ranges_ = stem + "_ranges";
  }

  /// `index` into the file's list.
  void add(const ForwardConfig& forward, std::size_t index) {
    for (const auto protocol : forward.protocols) {
      if (forward.port.size() > 1 && keeps_ports(forward)) {
        const auto key = fmt::format("{} . {}", protocol.number, to_text(forward.port));
        ranges().elements.emplace(key, forward.to.to_text());
        origins_[ranges_].emplace(key, index);
        continue;
      }
      const int shift = forward.to_port.value_or(forward.port.first) - forward.port.first;
      for (int port = forward.port.first; port <= forward.port.last; ++port) {
        const auto key = fmt::format("{} . {}", protocol.number, port);
        single().elements.emplace(key, fmt::format("{} . {}", forward.to.to_text(), port + shift));
        origins_[single_].emplace(key, index);
      }
    }
  }

  void add_rules(nft::Chain& chain) const {
    for (const auto* name : {&single_, &ranges_})
      if (table_.sets.contains(*name))
        add_rule(chain, fmt::format("dnat {} to meta l4proto . th dport map @{}", header(family_), *name));
  }

 private:
  nft::Set& single() {
    return add_map(table_, single_,
                   fmt::format("type inet_proto . inet_service : {} . inet_service; counter;", address_type(family_)),
                   "port forwards");
  }
  nft::Set& ranges() {
    return add_map(table_, ranges_,
                   fmt::format("type inet_proto . inet_service : {}; flags interval; counter;", address_type(family_)),
                   "port forwards of ranges");
  }

  nft::Table& table_;
  Family family_;
  ElementOrigins& origins_;
  std::string single_;
  std::string ranges_;
};

std::string forwards_chain(UplinkId id) { return fmt::format("forwards_{}", id.value); }

/// From outside by the device; from a LAN by the public address that was asked for.
void add_entries(const Context& context, nft::Table& table, nft::Chain& chain) {
  auto& by_device = add_map(table, "forwards_in", "type ifname : verdict;", "forwards by uplink");
  for (const auto& uplink : context.uplinks)
    by_device.elements.emplace(quoted(uplink.wan->interface), "jump " + forwards_chain(uplink.id));
  add_rule(chain, "iifname vmap @forwards_in");
  for (const auto family : families) {
    const auto name = fmt::format("public{}", digit(family));
    auto& by_address = add_map(table, name, fmt::format("type {} : verdict;", address_type(family)),
                               "the uplinks' addresses, for LAN hosts that use a forward");
    for (const auto& uplink : context.uplinks)
      for (const auto& own : uplink.path(family).own)
        by_address.elements.emplace(own.address.to_text(), go_to(forwards_chain(uplink.id)));
    add_rule(chain, fmt::format("iifname @lans {} daddr vmap @{}", header(family), name));
  }
}

/// A UDP service of the router that listens on no certain address lets the kernel choose the source of its answers,
/// and the kernel chooses the neutral one: so that is the address that it is asked at, and conntrack puts the
/// public one back. Services that listen on an address, or look at the one that was asked, are right either way.
void add_unbound_services(const Context& context, nft::Chain& chain) {
  for (const auto family : families)
    if (const auto neutral = neutral_source(context.config, context.facts, family))
      add_rule(
          chain,
          fmt::format("iifname @uplinks meta nfproto {} udp dport != {{ 68, 546 }} socket wildcard 1 dnat {} to {}",
                      protocol_name(family), header(family), neutral->to_text()),
          "answers of unbound UDP services");
}

bool allows_udp(const Config& config) {
  return std::ranges::any_of(config.firewall.allow,
                             [](const AllowConfig& service) { return contains(service.protocols, udp); });
}

}  // namespace

/// Where nothing needs it the chain is left out, since every new connection would pass it.
void add_forwards(const Context& context, nft::Table& table, ElementOrigins& origins) {
  const auto& forwards = context.config.forwards;
  if (forwards.empty() && !allows_udp(context.config)) return;
  auto& destination = add_base_chain(table, "destination", "type nat hook prerouting priority -100; policy accept;");
  add_rule(destination, fmt::format("meta mark & {} != 0 return", hexadecimal(context.config.router.mark_mask.bits())),
           "already known to leave by an uplink");
  add_rule(destination, "fib daddr type != local return");
  if (!forwards.empty()) add_entries(context, table, destination);
  add_unbound_services(context, destination);
  if (forwards.empty()) return;
  for (const auto& uplink : context.uplinks) table.chains[forwards_chain(uplink.id)];
  for (const auto family : families) {
    std::map<IdSet, std::vector<std::size_t>> groups;
    for (std::size_t index = 0; index < forwards.size(); ++index)
      if (forwards[index].to.family() == family) groups[ids_of(context, forwards[index].wans)].push_back(index);
    for (const auto& [ids, members] : groups) {
      ForwardMaps maps(table, family, group_name(ids), origins);
      for (const auto index : members) maps.add(forwards[index], index);
      for (const auto& uplink : context.uplinks)
        if (ids.empty() || contains(ids, uplink.id)) maps.add_rules(table.chains[forwards_chain(uplink.id)]);
    }
  }
}

}  // namespace fairlead::compile
