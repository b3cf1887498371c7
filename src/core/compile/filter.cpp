#include <fmt/format.h>

#include <algorithm>

#include "core/compile/compile.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/pair_filter.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

constexpr const char* new_tcp_without_syn = "meta l4proto tcp tcp flags & (fin|syn|rst|ack) != syn";

/// One log line a kind, rate limited apart from the others, so that a flood of one kind hides no other.
void add_log(const Context& context, nft::Chain& chain, const std::string& kind) {
  const auto& rate = context.config.firewall.log;
  add_rule(chain, fmt::format("limit rate {} burst {} packets log prefix \"fairlead {}: \" level info", rate.to_text(),
                              rate.count, kind));
}

// Comparing bits costs a packet less than a verdict map.
constexpr const char* known = "ct state established,related accept";
constexpr const char* invalid = "ct state invalid goto invalid";

void add_drop_chain(const Context& context, nft::Table& table, const std::string& name, const std::string& kind) {
  auto& chain = table.chains[name];
  add_log(context, chain, kind);
  add_rule(chain, "drop");
}

/// A TCP segment that belongs to nothing: LAN clients learn at once that their connection is gone.
void add_invalid(const Context& context, nft::Table& table) {
  auto& chain = table.chains["invalid"];
  add_rule(chain,
           "iifname @lans meta l4proto tcp tcp flags & rst != rst limit rate 10000/second burst 10000 packets "
           "reject with tcp reset",
           "also thousands at once, when an uplink fails");
  add_log(context, chain, "invalid");
  add_rule(chain, "drop");
}

void add_refuse_outside(const Context& context, nft::Table& table, const std::string& name, const std::string& kind) {
  auto& chain = table.chains[name];
  add_rule(chain, "meta pkttype != host drop", "noise of the provider's network");
  add_log(context, chain, kind);
  if (context.config.firewall.refuse == Refuse::reject) {
    add_rule(chain, "meta l4proto tcp limit rate 100/second burst 100 packets reject with tcp reset");
    add_rule(chain, "meta l4proto udp limit rate 100/second burst 100 packets reject with icmpx port-unreachable");
  }
  add_rule(chain, "drop");
}

/// LAN hosts are always told, or a mistyped address would hang for minutes.
void add_refuse_lan(const Context& context, nft::Table& table) {
  auto& chain = table.chains["refuse_lan"];
  add_log(context, chain, "refused-lan");
  add_rule(chain, "meta l4proto tcp limit rate 1000/second burst 1000 packets reject with tcp reset");
  add_rule(chain, "limit rate 1000/second burst 1000 packets reject with icmpx admin-prohibited");
  add_rule(chain, "drop");
}

void add_input_icmp(const Context& context, nft::Table& table) {
  auto& chain = table.chains["input_icmp"];
  add_rule(chain,
           "icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query, "
           "mld-listener-report, mld-listener-done, mld2-listener-report } accept",
           "what IPv6 needs on a link (RFC 4890)");
  if (context.config.firewall.ping) {
    add_rule(chain, "icmp type echo-request limit rate 20/second burst 20 packets accept");
    add_rule(chain, "icmpv6 type echo-request limit rate 20/second burst 20 packets accept");
  }
  add_rule(chain, "drop");
}

void add_syn_limit(const Context& context, nft::Table& table) {
  const auto& rate = context.config.firewall.syn_limit;
  auto& chain = table.chains["syn_limit"];
  for (const auto family : families) {
    const auto name = fmt::format("syn_sources{}", digit(family));
    add_dynamic_set(table, name,
                    fmt::format("type {}; size 65536; flags dynamic,timeout; timeout 60s;", address_type(family)),
                    "outside addresses that open connections to the router");
    add_rule(chain, fmt::format("update @{} {{ {} saddr limit rate over {} burst {} packets }} goto syn_flood", name,
                                header(family), rate.to_text(), rate.count));
  }
  add_drop_chain(context, table, "syn_flood", "syn-flood");
}

void take_choice_back(const Context& context, nft::Chain& chain, const char* reason) {
  const auto& mask = context.config.router.mark_mask;
  add_rule(chain,
           fmt::format("iifname @lans {0} != 0 ct mark set ct mark & {1} meta mark set meta mark & {1}",
                       masked_ct_mark(mask), hexadecimal(mask.foreign_bits())),
           reason);
}

void add_input(const Context& context, nft::Table& table) {
  auto& input = table.chains.at("input");
  add_rule(input, known);
  add_rule(input, invalid);
  take_choice_back(context, input, "no uplink has a part in what a LAN says to the router");
  add_rule(input, "iifname vmap @input_by_device");
  add_log(context, input, "refused-in");
  auto& by_device = add_map(table, "input_by_device", "type ifname : verdict;", "who may speak to the router");
  by_device.elements.emplace(quoted("lo"), "accept");
  for (const auto& lan : context.config.lans) by_device.elements.emplace(quoted(lan.interface), "accept");
  for (const auto& wan : context.config.wans) by_device.elements.emplace(quoted(wan.interface), "goto from_outside");

  auto& outside = table.chains["from_outside"];
  add_rule(outside, "meta l4proto { icmp, ipv6-icmp } goto input_icmp");
  add_rule(outside, std::string(new_tcp_without_syn) + " goto invalid");
  add_rule(outside, "meta l4proto tcp jump syn_limit");
  for (const auto family : families)
    add_rule(outside, fmt::format("iifname . meta l4proto . th dport . {} saddr @allowed{} accept", header(family),
                                  digit(family)));
  add_rule(outside, "udp sport 67 udp dport 68 accept", "DHCP client");
  add_rule(outside, "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept", "DHCPv6 client");
  add_rule(outside, "goto refuse_input");
  add_syn_limit(context, table);
  add_input_icmp(context, table);
  add_refuse_outside(context, table, "refuse_input", "refused-in");
}

/// Most that comes here leaves by the uplink that was chosen for it, so that is asked before anything that seldom
/// holds: what conntrack calls invalid has no mark.
void add_as_chosen(const Context& context, nft::Table& table, nft::Chain& forward) {
  auto& as_chosen =
      add_set(table, "as_chosen", "type mark . ifname . ifname;", "from a LAN by the uplink that was chosen");
  for (const auto& uplink : context.uplinks)
    for (const auto& lan : context.config.lans)
      as_chosen.elements.emplace(
          fmt::format("{} . {} . {}", hexadecimal(context.config.router.mark_mask.value(uplink.id)),
                      quoted(lan.interface), quoted(uplink.wan->interface)),
          "");
  add_rule(forward, "meta mark . iifname . oifname @as_chosen accept");
}

/// The rest went by another route of the system, to what lies directly behind an uplink or elsewhere: its connection is
/// that uplink's, or none's.
void add_other_routes(const Context& context, nft::Table& table, nft::Chain& forward) {
  auto& beside = add_map(table, "beside", "type ifname : verdict;",
                         "destinations directly behind an uplink, or by a static route");
  for (const auto& uplink : context.uplinks)
    beside.elements.emplace(quoted(uplink.wan->interface), go_to(mark_chain(uplink.id)));
  add_rule(forward, "iifname @lans oifname vmap @beside");
  take_choice_back(context, forward, "other routes of the system come first");
}

void add_may_open(const Context& context, nft::Table& table) {
  auto& may_open = add_set(table, "may_open", "type ifname . ifname;", "between which LANs connections may be opened");
  for (const auto& lan : context.config.lans) {
    const auto allow = [&](const std::string& device) {
      may_open.elements.emplace(quoted(lan.interface) + " . " + quoted(device), "");
    };
    allow(lan.interface);
    for (const auto& name : lan.reach) allow(std::ranges::find(context.config.lans, name, &LanConfig::name)->interface);
  }
}

void add_forward(const Context& context, nft::Table& table) {
  auto& forward = table.chains.at("forward");
  add_rule(forward, "tcp flags & (syn|rst) == syn jump clamp");
  if (!table.flowtables.empty())
    add_rule(forward, "ct state established meta l4proto { tcp, udp } flow add @fast", "then it goes by the flowtable");
  add_rule(forward, known);
  add_rule(forward, std::string(new_tcp_without_syn) + " goto invalid");
  // Queues behind us are not to read a proposal; of IPv4 the kernel has set the priority anew by now.
  if (context.facts.runs_programs && chooses_by_load(context.config))
    add_rule(forward, "meta nfproto ipv6 meta priority set 0", "an uplink may have been proposed there");
  add_as_chosen(context, table, forward);
  add_rule(forward, invalid);
  add_other_routes(context, table, forward);
  add_rule(forward, "iifname . oifname @may_open accept");
  add_rule(forward, "iifname vmap @forward_by_device");
  add_log(context, forward, "refused-forward");
  auto& by_device = add_map(table, "forward_by_device", "type ifname : verdict;", "who may open connections through");
  for (const auto& lan : context.config.lans) by_device.elements.emplace(quoted(lan.interface), "goto forward_lan");
  for (const auto& wan : context.config.wans) by_device.elements.emplace(quoted(wan.interface), "goto forward_outside");

  add_may_open(context, table);
  auto& lan = table.chains["forward_lan"];
  add_rule(lan, "oifname @lans ct status dnat accept", "through a port forward");
  add_rule(lan, "oifname @lans goto refuse_lan");
  add_rule(lan, "accept", "VPNs and other routes of the system");

  auto& outside = table.chains["forward_outside"];
  add_rule(outside, "oifname @lans ct status dnat accept", "through a port forward");
  add_rule(outside, "goto refuse_forward");
  add_refuse_outside(context, table, "refuse_forward", "refused-forward");
}

/// The kernel's fast path; a device that is not there would fail the whole transaction.
void add_flowtable(const Context& context, nft::Table& table) {
  if (context.config.router.offload != Offload::flowtable || context.on_standby()) return;
  nft::Flowtable fast{{}, true};
  const auto take = [&](const std::string& device) {
    const auto* link = context.facts.link(device);
    if (link == nullptr) return;
    fast.devices.push_back(device);
    fast.in_hardware &= link->carries_flows;
  };
  for (const auto& lan : context.config.lans) take(lan.interface);
  for (const auto& wan : context.config.wans) take(wan.interface);
  if (fast.devices.empty()) return;
  std::ranges::sort(fast.devices);
  table.flowtables["fast"] = std::move(fast);
}

}  // namespace

void add_filter(const Context& context, nft::Table& table) {
  auto& input = add_base_chain(table, "input", "type filter hook input priority 0; policy drop;");
  auto& forward = add_base_chain(table, "forward", "type filter hook forward priority 0; policy drop;");
  add_pair_filter(context, table, input, forward);
  add_flowtable(context, table);
  add_input(context, table);
  add_forward(context, table);
  add_invalid(context, table);
  add_refuse_lan(context, table);
  add_drop_chain(context, table, "spoofed", "spoofed");
  add_drop_chain(context, table, "bogon", "bogon");
}

}  // namespace fairlead::compile
