// Source NAT to constants that follow the addresses rather than masquerade, which forgets connections when an address
// or a link blinks and cannot use a pair's shared address.
#include <fmt/format.h>

#include "base/text.hpp"
#include "core/compile/delegation.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/prefix_translation.hpp"

namespace fairlead::compile {

namespace {

std::string nat_chain(UplinkId id) { return fmt::format("nat_{}", id.value); }

/// Sources that are right already: the uplink's own addresses, those of a prefix that is delegated to it, and
/// link-local ones.
std::vector<std::string> right_sources(const Context& context, const Uplink& uplink, Family family) {
  const auto& path = uplink.path(family);
  std::vector<std::string> sources;
  for (const auto& own : path.own) sources.push_back(own.address.to_text());
  if (family == Family::v6) {
    if (const auto* delegated = delegated_to(*uplink.wan, context.facts))
      sources.push_back(delegated->prefix.to_text());
    sources.emplace_back("fe80::/10");
  }
  return sources;
}

void add_uplink(const Context& context, const Uplink& uplink, nft::Table& table) {
  auto& chain = table.chains[nat_chain(uplink.id)];
  for (const auto family : families) {
    const auto* ip = header(family);
    auto sources = right_sources(context, uplink, family);
    // What has the address that is written anyway stays as it is (get_unique_tuple() in the kernel's nf_nat_core.c).
    if (const auto source = uplink.path(family).address(); source && sources.size() == 1)
      std::erase(sources, source->to_text());
    if (sources.size() == 1) add_rule(chain, fmt::format("{} saddr {} return", ip, sources.front()));
    if (sources.size() > 1) add_rule(chain, fmt::format("{} saddr {{ {} }} return", ip, join(sources, ", ")));
    if (family == Family::v6) add_rule(chain, "ip6 daddr ff00::/8 return");
    if (family == Family::v6) add_prefix_translation(context, uplink, table, chain);
    if (const auto source = uplink.path(family).address())
      add_rule(chain, fmt::format("snat {} to {}", ip, source->to_text()));
  }
}

/// Masquerade would forget connections when a pair's address moves to the other router.
void add_hairpin(const Context& context, nft::Chain& chain) {
  if (context.is_pair())
    for (const auto& lan : context.config.lans)
      for (const auto family : families)
        if (const auto own = lan_addresses(lan, context.facts, family); !own.empty())
          add_rule(chain, fmt::format("oifname {} snat {} to {}", quoted(lan.interface), header(family),
                                      own.front().address.to_text()));
  add_rule(chain, "masquerade");
}

}  // namespace

void add_nat(const Context& context, nft::Table& table) {
  auto& postrouting = add_base_chain(table, "postrouting", "type nat hook postrouting priority 100; policy accept;");
  auto& by_device = add_map(table, "nat_by_device", "type ifname : verdict;", "source NAT by uplink");
  for (const auto& uplink : context.uplinks) {
    by_device.elements.emplace(quoted(uplink.wan->interface), go_to(nat_chain(uplink.id)));
    add_uplink(context, uplink, table);
  }
  add_rule(postrouting, "oifname vmap @nat_by_device");
  auto& hairpin = add_set(table, "hairpin", "type ifname . ifname;", "in and out by the same LAN");
  for (const auto& lan : context.config.lans)
    hairpin.elements.emplace(quoted(lan.interface) + " . " + quoted(lan.interface), "");
  add_rule(postrouting, "iifname . oifname @hairpin ct status dnat goto hairpin_nat",
           "a LAN host that uses a forward: replies must come back through the router");
  add_hairpin(context, table.chains["hairpin_nat"]);
}

}  // namespace fairlead::compile
