#include "core/compile/pair_filter.hpp"

#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"

namespace fairlead::compile {
namespace {

constexpr const char* gate_input = "gate_input";
constexpr const char* gate_forward = "gate_forward";

/// A reset of a router that does not know a connection would end it, though the other one serves it well. Chains of
/// their own, so that emptying them opens the gate.
void add_gate(const Context& context, nft::Table& table, nft::Chain& input, nft::Chain& forward) {
  add_rule(input, fmt::format("jump {}", gate_input));
  add_rule(forward, fmt::format("jump {}", gate_forward));
  auto& into = table.chains[gate_input];
  auto& through = table.chains[gate_forward];
  if (context.on_standby()) add_rule(through, "drop", "the other router of the pair is active");
  for (const auto family : families) {
    auto& pair = add_set(table, fmt::format("pair{}", digit(family)), fmt::format("type {};", address_type(family)),
                         "the addresses that the active router has");
    for (const auto& one : pair_addresses(context.config))
      if (one.address.family() == family) pair.elements.emplace(one.address.address.to_text(), "");
    if (context.on_standby())
      add_rule(into, fmt::format("{} daddr @pair{} drop", header(family), digit(family)),
               "the other router of the pair is active");
  }
}

}  // namespace

void add_pair_filter(const Context& context, nft::Table& table, nft::Chain& input, nft::Chain& forward) {
  if (!context.is_pair()) return;
  const auto& ha = *context.config.ha;
  add_gate(context, table, input, forward);
  const auto peer = vrrp_address(ha.peer).address.to_text();
  add_rule(input,
           fmt::format("iifname {} ip6 saddr {} ip6 hoplimit 255 meta l4proto vrrp accept",
                       quoted(context.config.lans.front().interface), peer),
           "the other router; nobody from further away can send this (RFC 9568, 5.1.2.3)");
  add_rule(input, "meta l4proto vrrp drop", "a stranger who wants to be the router");
  add_rule(input,
           fmt::format("iifname != {{ \"lo\", {} }} {} daddr {} drop", quoted(ha.interface),
                       header(ha.address.address.family()), ha.address.address.to_text()),
           "what copies connections listens there, on every device");
  auto& cable = table.chains["from_peer"];
  add_rule(cable, fmt::format("{} saddr {} accept", header(ha.peer.family()), ha.peer.to_text()));
  add_rule(cable, "meta l4proto ipv6-icmp accept");
  add_rule(cable, "drop");
  table.sets["input_by_device"].elements.emplace(quoted(ha.interface), "goto from_peer");
}

void open_pair_gate(nft::Table& table) {
  for (const auto* name : {gate_input, gate_forward})
    if (const auto chain = table.chains.find(name); chain != table.chains.end()) chain->second.rules.clear();
}

std::string pair_gate_opening() {
  return fmt::format("flush chain {0} {1}\nflush chain {0} {2}\n", nft::table_name, gate_input, gate_forward);
}

}  // namespace fairlead::compile
