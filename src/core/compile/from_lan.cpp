// Packets from a LAN, before routing: those of known connections get their mark back; new ones are checked for a
// plausible source and, if they leave by an uplink, sent on to the choice of one. This is the dearest way through the
// table, so it asks as little as it can: a LAN's own subnet is compared before the routes are asked for the source,
// and the destination's route is looked up with the mark "undecided", for which the rules know no default route.
#include <fmt/format.h>

#include "base/text.hpp"
#include "core/compile/ingress.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// The LAN's subnets, none within another.
std::vector<Prefix> subnets(const Context& context, const LanConfig& lan, Family family) {
  std::vector<Prefix> found;
  for (const auto& own : lan_addresses(lan, context.facts, family))
    if (!own.is_host()) found.push_back(own.network());
  std::ranges::stable_sort(found, {}, &Prefix::length);
  std::vector<Prefix> outermost;
  for (const auto& prefix : found)
    if (std::ranges::none_of(outermost, [&](const Prefix& other) { return other.overlaps(prefix); }))
      outermost.push_back(prefix);
  return outermost;
}

void add_source_check(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  std::vector<std::string> near;
  for (const auto& prefix : subnets(context, lan, family)) near.push_back(element(prefix));
  const auto elsewhere = near.empty()       ? std::string()
                         : near.size() == 1 ? fmt::format("{} saddr != {} ", header(family), near.front())
                                            : fmt::format("{} saddr != {{ {} }} ", header(family), join(near, ", "));
  add_rule(chain, elsewhere + "jump routed_source", "behind another router of the LAN");
}

/// Of what leaves "undecided", the routing rules refuse what no route of the system's leads to.
void add_new_from_lan(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  if (family == Family::v4) {
    add_rule(chain, "ip daddr >= 224.0.0.0 return", "to everyone");
  } else {
    add_rule(chain, "ip6 daddr >= fe80:: return", "to everyone, or on the link");
    add_rule(chain, "ip6 saddr fe80::/10 return");
  }
  add_source_check(context, lan, family, chain);
  add_rule(chain, fmt::format("{} daddr @router{} return", header(family), digit(family)));
  add_rule(chain,
           fmt::format("meta mark set meta mark | {}", hexadecimal(context.config.router.mark_mask.undecided())));
  if (any_share_subnet(context.uplinks, family))
    add_rule(chain, fmt::format("{} daddr vmap @direct{}", header(family), digit(family)),
             "main knows only one of equal subnets");
  add_rule(chain, "fib daddr . mark oif missing goto " + choice_chain(context.config, family));
  add_rule(chain, "fib daddr . mark oifname vmap @beside", "other routes of the system come first");
}

void add_lan(const Context& context, nft::Table& table, const LanConfig& lan) {
  auto& from_lan = table.chains[from_lan_chain(lan)];
  refuse_own_sources(from_lan);
  add_rule(from_lan, masked_ct_mark(context.config.router.mark_mask) + " vmap @restore",
           "known connections keep their uplink");
  const auto stem = "new_from_lan_" + lan.name;
  add_rule(from_lan, fmt::format("ct state new meta nfproto vmap {{ ipv4 : goto {0}4, ipv6 : goto {0}6 }}", stem));
  for (const auto family : families) add_new_from_lan(context, lan, family, table.chains[stem + digit(family)]);
}

}  // namespace

void add_from_lan(const Context& context, nft::Table& table) {
  for (const auto& lan : context.config.lans) add_lan(context, table, lan);
  add_rule(table.chains["routed_source"], "fib saddr . iif oif missing goto spoofed",
           "a source that is not behind this device");
  auto& beside = add_map(table, "beside", "typeof fib daddr oifname : verdict;",
                         "destinations directly behind an uplink, or by a static route");
  for (const auto& uplink : context.uplinks)
    beside.elements.emplace(quoted(uplink.wan->interface), go_to(mark_chain(uplink.id)));
}

}  // namespace fairlead::compile
