// The router's own connections: a socket that chose an uplink, by its address or device, keeps it; the others are
// balanced like those of a LAN.
#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// What a router on standby sent from an address of another device would reach the provider under the pair's.
void add_silence(const Context& context, nft::Chain& output) {
  for (const auto& uplink : context.uplinks)
    for (const auto family : families)
      if (!uplink.path(family).own.empty() && !uplink.path(family).source)
        add_rule(output,
                 fmt::format("oifname {} meta nfproto {}{} drop", quoted(uplink.wan->interface), protocol_name(family),
                             family == Family::v6 ? " ip6 saddr != fe80::/10" : ""),
                 "the other router has the address");
}

}  // namespace

void add_output(const Context& context, nft::Table& table) {
  auto& output = add_base_chain(table, "output", "type route hook output priority -150; policy accept;");
  if (context.on_standby()) add_silence(context, output);
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
  for (const auto family : families)
    add_rule(fresh, fmt::format("{} daddr vmap @direct{}", header(family), digit(family)));
  for (const auto family : families)
    add_rule(fresh,
             fmt::format("meta nfproto {} goto {}", protocol_name(family), choice_chain(context.config, family)));
}

}  // namespace fairlead::compile
