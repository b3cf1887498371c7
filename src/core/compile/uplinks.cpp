#include "core/compile/uplinks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/ranges.hpp"

namespace fairlead::compile {
namespace {

std::vector<Prefix> own_addresses(const WanConfig& wan, const Facts& facts, Family family) {
  std::vector<Prefix> own;
  for (const auto& address : wan.addresses)
    if (address.family() == family) own.push_back(address);
  for (const auto& fact : facts.addresses)
    if (fact.link == wan.interface && fact.address.family() == family && fact.global && fact.usable && !fact.ours &&
        !contains(own, fact.address))
      own.push_back(fact.address);
  return own;
}

/// The other host of a /31 or /30 (IPv6: /127), where an address leaves no doubt about who that is (RFC 3021).
std::optional<IpAddress> only_other_host(const Prefix& own) {
  const int host_bits = address_bits(own.family()) - own.length;
  if (host_bits == 1) return own.address == own.first() ? own.last() : own.first();
  if (host_bits == 2 && own.family() == Family::v4) {
    const auto low = own.first().next();
    return own.address == low ? low.next() : low;
  }
  return std::nullopt;
}

std::optional<IpAddress> find_gateway(const WanConfig& wan, const Facts& facts, Family family,
                                      const std::vector<Prefix>& own) {
  for (const auto& gateway : wan.gateways)
    if (gateway.family() == family) return gateway;
  const RouteFact* best = nullptr;
  for (const auto& route : facts.routes)
    if (route.link == wan.interface && route.gateway && route.destination == Prefix::everything(family) &&
        (best == nullptr || route.metric < best->metric))
      best = &route;
  if (best != nullptr) return best->gateway;
  for (const auto& address : own)
    if (const auto other = only_other_host(address)) return other;
  return std::nullopt;
}

UplinkPath resolve_path(const Uplink& uplink, const Facts& facts, Family family) {
  UplinkPath path;
  path.own = own_addresses(*uplink.wan, facts, family);
  path.gateway = find_gateway(*uplink.wan, facts, family, path.own);
  path.configured = !path.own.empty();
  if (path.gateway) {
    // The address that shares a subnet with the gateway is the one the provider expects as a source.
    const auto near = std::ranges::find_if(path.own, [&](const Prefix& own) { return own.contains(*path.gateway); });
    path.onlink = near == path.own.end() && !path.gateway->is_link_local();
    if (near != path.own.end()) std::rotate(path.own.begin(), near, near + 1);
  }
  const bool next_hop = path.gateway || (uplink.link != nullptr && uplink.link->point_to_point);
  path.routable = uplink.link != nullptr && !path.own.empty() && next_hop;
  path.ready = path.routable && uplink.link->up && uplink.link->carrier;
  path.usable = path.ready && uplink.verdict != Verdict::down;
  return path;
}

std::string why_down(const Uplink& uplink) {
  const auto& name = uplink.wan->interface;
  if (uplink.link == nullptr)
    return fmt::format("there is no device {}", uplink.wan->vlan ? uplink.wan->vlan->trunk : name);
  if (!uplink.link->up) return fmt::format("{} is switched off", name);
  if (!uplink.link->carrier) return fmt::format("{} has no carrier: cable or modem", name);
  const auto& four = uplink.path(Family::v4);
  const auto& six = uplink.path(Family::v6);
  if (!four.configured && !six.configured) return fmt::format("{} has no address", name);
  return fmt::format("no gateway is known for {}",
                     four.configured ? four.own.front().to_text() : six.own.front().to_text());
}

}  // namespace

std::vector<Uplink> resolve_uplinks(const Config& config, const Facts& facts, const Health& health,
                                    const UplinkIds& ids) {
  std::vector<Uplink> uplinks;
  for (const auto& wan : config.wans) {
    Uplink uplink;
    uplink.wan = &wan;
    uplink.id = ids.of(wan.name);
    uplink.link = facts.link(wan.interface);
    const auto judged = health.of(uplink.id);
    uplink.verdict = judged.verdict;
    uplink.why = judged.why;
    for (const auto family : families) uplink.path(family) = resolve_path(uplink, facts, family);
    if (!uplink.path(Family::v4).ready && !uplink.path(Family::v6).ready) {
      uplink.verdict = Verdict::down;
      uplink.why = why_down(uplink);
    }
    uplinks.push_back(std::move(uplink));
  }
  std::ranges::sort(uplinks, {}, &Uplink::id);
  return uplinks;
}

std::vector<const Uplink*> active_uplinks(const std::vector<Uplink>& uplinks, Family family) {
  int lowest_tier = std::numeric_limits<int>::max();
  const auto takes_new = [&](const Uplink& uplink) {
    return uplink.usable(family) && uplink.verdict != Verdict::draining;
  };
  for (const auto& uplink : uplinks)
    if (takes_new(uplink)) lowest_tier = std::min(lowest_tier, uplink.wan->tier);
  std::vector<const Uplink*> up;
  std::vector<const Uplink*> degraded;
  for (const auto& uplink : uplinks)
    if (takes_new(uplink) && uplink.wan->tier == lowest_tier)
      (uplink.verdict == Verdict::up ? up : degraded).push_back(&uplink);
  return up.empty() ? degraded : up;
}

bool shares_subnet(const Uplink& uplink, const std::vector<Uplink>& all, Family family) {
  return std::ranges::any_of(all, [&](const Uplink& other) {
    return other.id != uplink.id && std::ranges::any_of(uplink.path(family).own, [&](const Prefix& own) {
             return std::ranges::any_of(other.path(family).own,
                                        [&](const Prefix& theirs) { return theirs.overlaps(own.network()); });
           });
  });
}

bool any_share_subnet(const std::vector<Uplink>& uplinks, Family family) {
  return std::ranges::any_of(uplinks, [&](const Uplink& uplink) { return shares_subnet(uplink, uplinks, family); });
}

}  // namespace fairlead::compile
