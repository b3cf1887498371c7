#include <fmt/format.h>

#include <set>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// Of the prefix alone, so that leases survive a change of everything else, the order of the file included.
std::uint32_t id_of(const Prefix& prefix, std::set<std::uint32_t>& taken) {
  constexpr std::uint32_t bits = 0x7fffffffU;  // 0 and the highest numbers mean something else to Kea
  auto id = static_cast<std::uint32_t>(stable_hash(prefix.to_text())) & bits;
  while (id == 0 || !taken.insert(id).second) id = (id + 1) & bits;
  return id;
}

/// `range` without the addresses of `holes`.
std::vector<IpRange> cut_out(const IpRange& range, std::vector<IpAddress> holes) {
  make_set(holes);
  std::vector<IpRange> parts;
  auto first = range.first;
  for (const auto& hole : holes) {
    if (hole < first || range.last < hole) continue;
    if (first < hole) parts.push_back({first, hole.previous()});
    if (hole == range.last) return parts;
    first = hole.next();
  }
  parts.push_back({first, range.last});
  return parts;
}

DhcpSubnet subnet_of(const LanConfig& lan, const Prefix& own, const std::vector<Prefix>& all,
                     std::set<std::uint32_t>& ids) {
  DhcpSubnet subnet{id_of(own.network(), ids), own.network(), own.address, {}, {}};
  std::vector<IpAddress> routers;
  for (const auto& address : all) routers.push_back(address.address);
  for (const auto& range : lan.dhcp->ranges)
    if (own.contains(range.first) && own.contains(range.last))
      for (const auto& part : cut_out(range, routers)) subnet.pools.push_back(part);
  for (const auto& lease : lan.dhcp->statics)
    if (own.contains(lease.address)) subnet.statics.push_back(lease);
  return subnet;
}

/// On a pair's router: with the address that keepalived sets when it becomes active.
bool answers(const Context& context, const LanConfig& lan, const Prefix& own) {
  if (!context.is_pair()) return true;
  return !context.on_standby() && std::ranges::any_of(context.facts.addresses, [&](const AddressFact& fact) {
    return fact.link == lan.interface && fact.address.address == own.address;
  });
}

void warn_of_stray_ranges(const LanConfig& lan, const std::vector<Prefix>& own, Family family,
                          std::vector<std::string>& warnings) {
  for (const auto& range : lan.dhcp->ranges)
    if (range.family() == family && std::ranges::none_of(own, [&](const Prefix& prefix) {
          return prefix.contains(range.first) && prefix.contains(range.last);
        }))
      warnings.push_back(fmt::format("lan {}: {} has no address in the subnet of the range {}; nothing is leased of it",
                                     lan.name, lan.interface, range.to_text()));
}

/// Those of the usable uplinks, the best tier first. While none is usable those of all: a host that comes then keeps
/// what it is told for hours.
std::vector<IpAddress> provider_resolvers(const Context& context) {
  constexpr std::size_t most = 3;  // what hosts use (resolv.conf(5))
  auto uplinks = context.uplinks;
  std::ranges::stable_sort(uplinks, {}, [](const Uplink& uplink) { return uplink.wan->tier; });
  std::vector<IpAddress> found;
  for (const bool usable : {true, false}) {
    for (const auto& uplink : uplinks) {
      const auto* lease = context.facts.lease(uplink.wan->interface);
      if (!uplink.wan->dhcp || lease == nullptr || uplink.usable(Family::v4) != usable) continue;
      for (const auto& resolver : lease->dns)
        if (found.size() < most && !contains(found, resolver)) found.push_back(resolver);
    }
    if (!found.empty()) break;
  }
  return found;
}

std::vector<IpAddress> resolvers(const Context& context, const DhcpServerConfig& dhcp, Family family) {
  return dhcp.dns.empty() && family == Family::v4 ? provider_resolvers(context) : dhcp.resolvers(family);
}

}  // namespace

DhcpServers dhcp_servers(const Context& context, std::vector<std::string>& warnings) {
  DhcpServers servers;
  std::set<std::uint32_t> ids;
  for (const auto family : families)
    for (const auto& lan : context.config.lans) {
      if (!lan.dhcp || !lan.dhcp->lends(family)) continue;
      const auto* link = context.facts.link(lan.interface);
      const auto own = lan_addresses(lan, context.facts, family);
      if (link == nullptr || own.empty()) continue;  // warned of elsewhere
      warn_of_stray_ranges(lan, own, family, warnings);
      DhcpLan served{lan.name,
                     lan.interface,
                     link->index,
                     link->up && link->carrier,
                     context.is_pair(),
                     answers(context, lan, own.front()),
                     lan.dhcp->lease,
                     resolvers(context, *lan.dhcp, family),
                     lan.dhcp->domain,
                     {},
                     {}};
      if (family == Family::v4) served.options = lan.dhcp->options;
      for (const auto& address : own)
        if (auto subnet = subnet_of(lan, address, router_addresses(context.config, lan, context.facts, family), ids);
            !subnet.pools.empty() || !subnet.statics.empty())
          served.subnets.push_back(std::move(subnet));
      if (family == Family::v4 && served.dns.empty())
        warnings.push_back(
            fmt::format("lan {}: no resolver is known that its DHCP server could name: set dhcp.dns, as "
                        "in dns = [\"9.9.9.9\", \"1.1.1.1\"]",
                        lan.name));
      if (!served.subnets.empty()) servers.lans.at(static_cast<std::size_t>(family)).push_back(std::move(served));
    }
  return servers;
}

}  // namespace fairlead::compile
