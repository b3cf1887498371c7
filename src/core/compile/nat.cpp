// Source NAT by maps that follow the addresses rather than masquerade, which forgets connections when an address
// or a link blinks and cannot use a pair's shared address.
#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {

void add_nat(const Context& context, nft::Table& table) {
  auto& postrouting = add_base_chain(table, "postrouting", "type nat hook postrouting priority 100; policy accept;");
  add_rule(postrouting, "oifname @uplinks goto to_uplink");
  auto& hairpin = add_set(table, "hairpin", "type ifname . ifname;", "in and out by the same LAN");
  for (const auto& lan : context.config.lans)
    hairpin.elements.emplace(quoted(lan.interface) + " . " + quoted(lan.interface), "");
  add_rule(postrouting, "iifname . oifname @hairpin ct status dnat masquerade",
           "a LAN host that uses a forward: replies must come back through the router");

  auto& chain = table.chains["to_uplink"];
  add_rule(chain, "ip6 saddr fe80::/10 return");
  add_rule(chain, "ip6 daddr ff00::/8 return");
  for (const auto family : families) {
    auto& own =
        add_set(table, fmt::format("own{}", digit(family)), fmt::format("type ifname . {};", address_type(family)),
                "the uplinks' addresses, never translated on their own device");
    auto& address = add_map(table, fmt::format("address{}", digit(family)),
                            fmt::format("type ifname : {};", address_type(family)), "source address by uplink");
    for (const auto& uplink : context.uplinks) {
      const auto device = quoted(uplink.wan->interface);
      for (const auto& prefix : uplink.path(family).own)
        own.elements.emplace(device + " . " + prefix.address.to_text(), "");
      if (const auto source = uplink.path(family).address()) address.elements.emplace(device, source->to_text());
    }
    add_rule(chain, fmt::format("oifname . {} saddr @own{} return", header(family), digit(family)));
  }
  add_prefix_translation(context, table);
  for (const auto family : families)
    add_rule(chain, fmt::format("snat {} to oifname map @address{}", header(family), digit(family)));
}

}  // namespace fairlead::compile
