// Packets from a LAN, before routing: those of known connections get their mark back; new ones are checked for a
// plausible source and sent on to the choice of an uplink. This is the dearest way through the table, so it asks as
// little as it can: a LAN's own subnet is compared before the routes are asked for the source, and for the destination
// they are asked only where policies may refuse. Other routes of the system come first by the rules; the filter, which
// knows where a packet leaves, takes a choice back that was not needed (filter.cpp).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/compile/ingress.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/subnets.hpp"

namespace fairlead::compile {
namespace {

/// The LAN's subnets, none within another.
std::vector<Prefix> subnets(const Context& context, const LanConfig& lan, Family family) {
  auto addresses = lan_addresses(lan, context.facts, family);
  std::erase_if(addresses, [](const Prefix& own) { return own.is_host(); });
  return outermost(std::move(addresses));
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

/// A LAN's subnet, and "ip saddr …": in it, and none of the router's own addresses there.
struct NearSource {
  Prefix subnet;
  std::string text;
};

std::vector<NearSource> near_sources(const Context& context, const LanConfig& lan, Family family) {
  std::vector<NearSource> found;
  for (const auto& subnet : subnets(context, lan, family)) {
    std::vector<std::string> own;
    for (const auto& address : router_addresses(context.config, lan, context.facts, family))
      if (subnet.contains(address.address)) own.push_back(address.address.to_text());
    found.push_back(
        {subnet, fmt::format("{0} saddr {1} {0} saddr != {2}", header(family), compared(subnet, "=="), any_of(own))});
  }
  return found;
}

/// Most packets are those of known connections of hosts in the LAN's own subnet, and no one else uses marks: for these
/// one rule does what the rest of the chain does with three look-ups.
void add_fast_restore(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  const auto& mask = context.config.router.mark_mask;
  for (const auto& source : near_sources(context, lan, family))
    add_rule(chain, fmt::format("{} meta mark & {} == 0 meta mark set {} accept", source.text,
                                hexadecimal(mask.foreign_bits()), masked_ct_mark(mask)));
}

/// More than one, of all LANs.
bool has_several_subnets(const Context& context, Family family) {
  std::size_t count = 0;
  return std::ranges::any_of(context.config.lans, [&](const LanConfig& lan) {
    count += subnets(context, lan, family).size();
    return count > 1;
  });
}

/// Nothing but a mark comes of a new connection's choice, and one subnet is all that is inside: then who speaks to
/// another of the router's addresses may get one, which the filter takes back.
bool only_balances(const Context& context, const LanConfig& lan, Family family) {
  const auto& config = context.config;
  return config.policies.empty() && config.forwards.empty() && !config.balance.persist && lan.helpers.empty() &&
         !any_share_subnet(context.uplinks, family) && !has_several_subnets(context, family);
}

/// The least address that leads to everyone, or does not leave the link.
const char* unroutable(Family family) { return family == Family::v4 ? "224.0.0.0" : "fe80::"; }

std::string new_chain(const LanConfig& lan, Family family) {
  return fmt::format("new_from_lan_{}{}", lan.name, digit(family));
}

/// New connections of hosts in the LAN's own subnet. What stays inside never goes the shortest way: a host that asks
/// the router for a name before each of its connections would take every second turn of round robin.
void add_fast_choice(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  for (const auto& source : near_sources(context, lan, family)) {
    if (only_balances(context, lan, family))
      add_rule(chain,
               fmt::format("{0} {1} daddr {2} {1} daddr < {3} ct state new goto {4}", source.text, header(family),
                           compared(source.subnet, "!="), unroutable(family), choice_chain(context.config, family)));
    add_rule(chain, fmt::format("{} ct state new goto {}", source.text, new_chain(lan, family)));
  }
}

/// What has no mark: new connections, and those that no uplink has a part in.
void add_unmarked(const Context& context, const LanConfig& lan, nft::Chain& chain) {
  for (const auto family : families) add_fast_choice(context, lan, family, chain);
  refuse_own_sources(chain);
  add_rule(chain, "ct state != new return");
  for (const auto family : families)
    add_rule(chain, fmt::format("{} daddr >= {} return", header(family), unroutable(family)),
             "to everyone, or on the link");
  add_rule(chain, "ip6 saddr fe80::/10 return");
  add_rule(chain, "jump routed_source", "behind another router of the LAN");
  for (const auto family : families)
    add_rule(chain, fmt::format("meta nfproto {} goto {}", protocol_name(family), new_chain(lan, family)));
}

bool may_refuse(const PolicyConfig& policy) { return policy.otherwise == Otherwise::reject; }

/// A refusal cannot be taken back by the filter. Of what leaves "undecided", the routing rules refuse what no other
/// route of the system leads to.
void add_other_routes_first(const Config& config, nft::Chain& chain) {
  add_rule(chain, fmt::format("meta mark set meta mark | {}", hexadecimal(config.router.mark_mask.undecided())));
  add_rule(chain, "fib daddr . mark oif exists return", "other routes of the system come first");
}

void add_new_from_lan(const Context& context, const LanConfig& lan, Family family, nft::Chain& chain) {
  add_rule(chain, fmt::format("{} daddr >= {} return", header(family), unroutable(family)));
  add_rule(chain, fmt::format("{} daddr @router{} return", header(family), digit(family)));
  if (!lan.helpers.empty()) add_rule(chain, assign_helper(lan));
  if (any_share_subnet(context.uplinks, family))
    add_rule(chain, fmt::format("{} daddr vmap @direct{}", header(family), digit(family)),
             "main knows only one of equal subnets");
  if (std::ranges::any_of(context.config.policies, may_refuse)) add_other_routes_first(context.config, chain);
  add_rule(chain, "goto " + choice_chain(context.config, family));
}

void add_lan(const Context& context, nft::Table& table, const LanConfig& lan) {
  const auto& mask = context.config.router.mark_mask;
  const auto unmarked = "unmarked_lan_" + lan.name;
  auto& from_lan = table.chains[from_lan_chain(lan)];
  add_rule(from_lan, fmt::format("{} == 0 goto {}", masked_ct_mark(mask), unmarked));
  for (const auto family : families) add_fast_restore(context, lan, family, from_lan);
  refuse_own_sources(from_lan);
  add_rule(from_lan, masked_ct_mark(mask) + " vmap @restore", "known connections keep their uplink");
  add_unmarked(context, lan, table.chains[unmarked]);
  for (const auto family : families) add_new_from_lan(context, lan, family, table.chains[new_chain(lan, family)]);
}

}  // namespace

void add_from_lan(const Context& context, nft::Table& table) {
  for (const auto& lan : context.config.lans) add_lan(context, table, lan);
  add_rule(table.chains["routed_source"], "fib saddr . iif oif missing goto spoofed",
           "a source that is not behind this device");
}

}  // namespace fairlead::compile
