// Prerouting and output, before routing: packets of known connections get their mark back, new ones are checked
// for a plausible source and sent on to the choice of an uplink.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// Sources that no one on the internet can have (RFC 6890); documentation networks are left out, they harm no
/// one and serve as examples everywhere.
constexpr std::array bogons4{"0.0.0.0/8",      "10.0.0.0/8",    "100.64.0.0/10", "127.0.0.0/8",
                             "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",  "192.168.0.0/16",
                             "198.18.0.0/15",  "224.0.0.0/4",   "240.0.0.0/4"};
constexpr std::array bogons6{"::/8", "100::/64", "2001:2::/48", "fc00::/7", "fec0::/10", "ff00::/8"};

void add_near_networks(const Context& context, nft::Table& table) {
  for (const auto family : families) {
    auto& near = add_set(table, fmt::format("near{}", digit(family)),
                         fmt::format("type ifname . {}; flags interval;", address_type(family)),
                         "the uplinks' own subnets, which may be private");
    for (const auto& uplink : context.uplinks) {
      const auto device = quoted(uplink.wan->interface);
      for (const auto& own : uplink.path(family).own)
        near.elements.emplace(fmt::format("{} . {}", device, element(own.network())), "");
      if (family == Family::v6) near.elements.emplace(device + " . fe80::/10", "");
    }
  }
}

void add_from_uplink(const Context& context, nft::Table& table) {
  add_rule(table.chains["from_uplink"], "ct state new goto new_from_uplink");
  auto& fresh = table.chains["new_from_uplink"];
  add_near_networks(context, table);
  add_rule(fresh, "fib saddr type local goto spoofed", "our own address as a source");
  add_rule(fresh, "fib saddr oifname @inside goto spoofed", "a LAN's address as a source");
  add_rule(fresh, "iifname . ip saddr @near4 iifname vmap @tag");
  add_rule(fresh, "iifname . ip6 saddr @near6 iifname vmap @tag");
  if (context.config.firewall.bogons) {
    auto& four = add_set(table, "bogons4", "type ipv4_addr; flags interval;", "sources that cannot be (RFC 6890)");
    for (const auto* bogon : bogons4) four.elements.emplace(bogon, "");
    auto& six = add_set(table, "bogons6", "type ipv6_addr; flags interval;", "sources that cannot be (RFC 6890)");
    for (const auto* bogon : bogons6) six.elements.emplace(bogon, "");
    add_rule(fresh, "ip saddr @bogons4 goto bogon");
    add_rule(fresh, "ip6 saddr @bogons6 goto bogon");
  }
  add_rule(fresh, "iifname vmap @tag");
}

void add_from_lan(const Context& context, nft::Table& table) {
  auto& from_lan = table.chains["from_lan"];
  add_rule(from_lan, masked_ct_mark(context.config.router.mark_mask) + " vmap @restore",
           "known connections keep their uplink");
  add_rule(from_lan, "ct state new goto new_from_lan");
  auto& fresh = table.chains["new_from_lan"];
  add_rule(fresh, "fib daddr type != unicast return", "to the router itself, or to everyone");
  add_rule(fresh, "ip6 saddr fe80::/10 return");
  add_rule(fresh, "fib saddr . iif oif missing goto spoofed", "a source that is not behind this device");
  add_rule(fresh, "fib daddr oifname != @outside return", "LAN, static and VPN routes come first");
  add_rule(fresh, "meta nfproto vmap { ipv4 : goto choose4, ipv6 : goto choose6 }");
}

void add_output(const Context& context, nft::Table& table) {
  auto& output = add_base_chain(table, "output", "type route hook output priority -150; policy accept;");
  add_rule(output, "oifname != @uplinks return");
  add_rule(output, masked_ct_mark(context.config.router.mark_mask) + " vmap @restore");
  add_rule(output, "ct state new goto new_from_router");
  auto& fresh = table.chains["new_from_router"];
  for (const auto family : families) {
    auto& bound = add_map(table, fmt::format("bound{}", digit(family)),
                          fmt::format("type ifname . {} : verdict;", address_type(family)),
                          "sockets that chose an uplink by its address or device");
    for (const auto& uplink : context.uplinks)
      for (const auto& own : uplink.path(family).own)
        bound.elements.emplace(fmt::format("{} . {}", quoted(uplink.wan->interface), own.address.to_text()),
                               go_to(mark_chain(uplink.id)));
    add_rule(fresh, fmt::format("oifname . {} saddr vmap @{}", header(family), fmt::format("bound{}", digit(family))));
  }
  add_rule(fresh, "fib daddr type != unicast return");
  add_rule(fresh, "ip6 saddr fe80::/10 return");
  add_rule(fresh, "meta nfproto vmap { ipv4 : goto choose4, ipv6 : goto choose6 }");
}

}  // namespace

void add_ingress(const Context& context, nft::Table& table) {
  auto& prerouting = add_base_chain(table, "prerouting", "type filter hook prerouting priority -150; policy accept;");
  add_rule(prerouting, "iifname vmap @ingress");
  auto& ingress = add_map(table, "ingress", "type ifname : verdict;", "where packets of a device go first");
  for (const auto& lan : context.config.lans) ingress.elements.emplace(quoted(lan.interface), "goto from_lan");
  for (const auto& wan : context.config.wans) ingress.elements.emplace(quoted(wan.interface), "goto from_uplink");
  add_from_lan(context, table);
  add_from_uplink(context, table);
  add_output(context, table);
}

void add_choice(const Context& context, nft::Table& table) {
  for (const auto family : families) {
    auto& direct = add_map(table, fmt::format("direct{}", digit(family)),
                           fmt::format("type {} : verdict; flags interval;", address_type(family)),
                           "subnets that lie directly behind an uplink");
    // Of equal subnets the first one that works wins. Overlapping ones of different lengths cannot stand in one
    // interval map; the longer one is the nearer, and the rest is reached by any uplink anyway.
    std::vector<std::pair<Prefix, const Uplink*>> networks;
    for (const auto& uplink : context.uplinks)
      for (const auto& own : uplink.path(family).own)
        if (!own.is_host()) networks.emplace_back(own.network(), &uplink);
    std::ranges::stable_sort(
        networks, {}, [&](const auto& entry) { return std::pair(-entry.first.length, !entry.second->usable(family)); });
    std::vector<Prefix> taken;
    for (const auto& [network, uplink] : networks) {
      if (std::ranges::any_of(taken, [&](const Prefix& other) { return other.overlaps(network); })) continue;
      taken.push_back(network);
      direct.elements.emplace(element(network), go_to(mark_chain(uplink->id)));
    }
    auto& choose = table.chains[fmt::format("choose{}", digit(family))];
    add_rule(choose, fmt::format("{} daddr vmap @direct{}", header(family), digit(family)));
    add_rule(choose, fmt::format("jump policies{}", digit(family)));
    add_rule(choose, fmt::format("goto balance{}", digit(family)));
  }
}

}  // namespace fairlead::compile
