#include <fmt/format.h>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// Also those of devices that the file does not name (a VPN's, a container bridge's, loopback's): a connection to one
/// of them ends here, so it takes no uplink, and no one else can have it as a source.
void add_router_addresses(const Context& context, Family family, nft::Table& table) {
  auto& router = add_set(table, fmt::format("router{}", digit(family)), fmt::format("type {};", address_type(family)),
                         "the router's own addresses");
  for (const auto& lan : context.config.lans)
    for (const auto& own : router_addresses(context.config, lan, context.facts, family))
      router.elements.emplace(own.address.to_text(), "");
  for (const auto& uplink : context.uplinks)
    for (const auto& own : uplink.path(family).own) router.elements.emplace(own.address.to_text(), "");
  for (const auto& fact : context.facts.addresses) {
    const auto& address = fact.address.address;
    if (address.family() != family || fact.ours || !fact.usable) continue;  // ours are those of the file, above
    if (!address.is_loopback() && !address.is_link_local()) router.elements.emplace(address.to_text(), "");
  }
}

}  // namespace

void add_devices(const Context& context, nft::Table& table) {
  auto& lans = add_set(table, "lans", "type ifname;", "devices of the LANs");
  auto& uplinks = add_set(table, "uplinks", "type ifname;", "devices of the uplinks");
  // fib's device name has a type of its own in nft, so what compares with it needs a set of its own.
  auto& inside = add_set(table, "inside", "typeof fib daddr oifname;", "devices of the LANs, for route lookups");
  for (const auto& lan : context.config.lans) {
    lans.elements.emplace(quoted(lan.interface), "");
    inside.elements.emplace(quoted(lan.interface), "");
  }
  for (const auto& wan : context.config.wans) {
    uplinks.elements.emplace(quoted(wan.interface), "");
  }
  for (const auto family : families) add_router_addresses(context, family, table);
}

}  // namespace fairlead::compile
