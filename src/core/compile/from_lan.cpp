// Packets from a LAN, before routing: those of known connections get their mark back; new ones are checked for a
// plausible source and, if they leave by an uplink, sent on to the choice of one. This is the dearest way through the
// table, so it asks as little as it can: a LAN's own subnet is compared before the routes are asked for the source,
// and the destination's route is looked up with the mark "undecided", for which the rules know no default route.
#include <fmt/format.h>

#include <algorithm>

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

/// "{ a, b }", or the one alone, which is compared without a look-up.
std::string any_of(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? texts.front() : fmt::format("{{ {} }}", join(texts, ", "));
}

/// `saddr {}`: with a mask of its own, IPv4 addresses are compared as one word, where nft would cut a prefix to whole
/// bytes and the kernel copy three of them.
std::string compared(const Prefix& subnet, const char* how) {
  if (subnet.family() == Family::v6) return fmt::format("{} {}", how, subnet.to_text());
  const auto bits = subnet.length == 0 ? 0U : ~0U << static_cast<unsigned>(32 - subnet.length);
  return fmt::format("& {} {} {}", hexadecimal(bits), how, subnet.network().address.to_text());
}
std::string is_in(const Prefix& subnet) { return compared(subnet, "=="); }
std::string is_not_in(const Prefix& subnet) { return compared(subnet, "!="); }

/// Most packets are those of known connections of hosts in the LAN's own subnet, and no one else uses marks: for these
/// one rule does what the rest of the chain does with three look-ups.
void add_fast_restore(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  const auto& mask = context.config.router.mark_mask;
  for (const auto& subnet : subnets(context, lan, family)) {
    std::vector<std::string> own;
    for (const auto& address : router_addresses(context.config, lan, context.facts, family))
      if (subnet.contains(address.address)) own.push_back(address.address.to_text());
    add_rule(chain, fmt::format("{0} saddr {1} {0} saddr != {2} meta mark & {3} == 0 {4} != 0 meta mark set {4} accept",
                                header(family), is_in(subnet), any_of(own), hexadecimal(mask.foreign_bits()),
                                masked_ct_mark(mask)));
  }
}

void add_source_check(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  const auto near = subnets(context, lan, family);
  std::string elsewhere;
  for (const auto& subnet : near) elsewhere += fmt::format("{} saddr {} ", header(family), is_not_in(subnet));
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
  if (!lan.helpers.empty()) add_rule(chain, assign_helper(lan));
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
  for (const auto family : families) add_fast_restore(context, lan, family, from_lan);
  refuse_own_sources(from_lan);
  add_rule(from_lan, masked_ct_mark(context.config.router.mark_mask) + " vmap @restore",
           "known connections keep their uplink");
  const auto stem = "new_from_lan_" + lan.name;
  for (const auto family : families)
    add_rule(from_lan,
             fmt::format("ct state new meta nfproto {} goto {}{}", protocol_name(family), stem, digit(family)));
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
