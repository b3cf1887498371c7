// Prerouting, before routing: by the device, packets go to the chain of their LAN (from_lan.cpp) or to that of the
// uplinks, where new connections are checked for a plausible source and remember where they came in.
#include <fmt/format.h>

#include <array>

#include "core/compile/ingress.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/subnets.hpp"

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
      auto networks = uplink.path(family).own;
      if (family == Family::v6) networks.push_back(*Prefix::parse("fe80::/10"));
      for (const auto& network : outermost(std::move(networks)))
        near.elements.emplace(fmt::format("{} . {}", device, element(network)), "");
    }
  }
}

void add_from_uplink(const Context& context, nft::Table& table) {
  auto& from_uplink = table.chains["from_uplink"];
  refuse_own_sources(from_uplink);
  // Every connection that an uplink has a part in carries a mark. One without is new, or none of the uplinks': a
  // packet of two LANs' connection that comes in here is forged. (One from before Fairlead has none either.)
  add_rule(from_uplink, masked_ct_mark(context.config.router.mark_mask) + " == 0 goto new_from_uplink");
  auto& fresh = table.chains["new_from_uplink"];
  add_near_networks(context, table);
  add_rule(fresh, "fib saddr type local goto spoofed", "our own address as a source");
  add_rule(fresh, "fib saddr oifname @inside goto spoofed", "a LAN's address as a source");
  add_rule(fresh, "ct state != new return", "from before Fairlead ran");
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

}  // namespace

void refuse_own_sources(nft::Chain& chain) {
  for (const auto family : families)
    add_rule(chain, fmt::format("{} saddr @router{} goto spoofed", header(family), digit(family)));
}

std::string from_lan_chain(const LanConfig& lan) { return "from_lan_" + lan.name; }

void add_ingress(const Context& context, nft::Table& table) {
  auto& prerouting = add_base_chain(table, "prerouting", "type filter hook prerouting priority -150; policy accept;");
  // A name is compared faster than it is looked up, while there are few.
  if (context.config.lans.size() <= 2)
    for (const auto& lan : context.config.lans)
      add_rule(prerouting, fmt::format("iifname {} goto {}", quoted(lan.interface), from_lan_chain(lan)));
  add_rule(prerouting, "iifname vmap @ingress");
  auto& ingress = add_map(table, "ingress", "type ifname : verdict;", "where packets of a device go first");
  for (const auto& lan : context.config.lans)
    ingress.elements.emplace(quoted(lan.interface), go_to(from_lan_chain(lan)));
  for (const auto& wan : context.config.wans) ingress.elements.emplace(quoted(wan.interface), "goto from_uplink");
  add_from_uplink(context, table);
}

}  // namespace fairlead::compile
