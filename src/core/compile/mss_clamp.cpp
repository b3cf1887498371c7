// TCP's maximum segment size is clamped to the route and, in both directions, to the uplink's MTU (RFC 4459,
// RFC 6691): nft's `rt mtu` alone asks the route back to the client, which says nothing about the uplink. For what
// comes in by an uplink it would ask the unmarked route to the sender, so any uplink's: there the device alone decides.
#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

constexpr std::uint32_t headers4 = 40;  // IPv4 and TCP without options
constexpr std::uint32_t headers6 = 60;

}  // namespace

void add_mss_clamp(const Context& context, nft::Table& table) {
  auto& chain = table.chains["clamp"];
  add_rule(chain, "iifname != @uplinks tcp option maxseg size set rt mtu");
  auto& by_device = add_map(table, "clamp_by_device", "type ifname : verdict;", "uplinks by their MTU");
  add_rule(chain, "iifname vmap @clamp_by_device");
  add_rule(chain, "oifname vmap @clamp_by_device");
  for (const auto& uplink : context.uplinks) {
    if (uplink.link == nullptr || uplink.link->mtu <= headers6) continue;
    const auto name = fmt::format("clamp_{}", uplink.link->mtu);
    by_device.elements.emplace(quoted(uplink.wan->interface), go_to(name));
    auto& clamp = table.chains[name];
    if (!clamp.rules.empty()) continue;
    add_rule(clamp, fmt::format("meta nfproto ipv4 tcp option maxseg size set {}", uplink.link->mtu - headers4));
    add_rule(clamp, fmt::format("meta nfproto ipv6 tcp option maxseg size set {}", uplink.link->mtu - headers6));
  }
}

}  // namespace fairlead::compile
