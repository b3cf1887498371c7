#include "core/compile/uplinks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>

#include "base/ranges.hpp"
#include "core/compile/context.hpp"

namespace fairlead::compile {
namespace {

/// A modem that lends addresses of a LAN's subnet would draw that LAN's packets to itself.
const LanConfig* lan_in_the_way(const Config& config, const Facts& facts, const Prefix& lent) {
  for (const auto& lan : config.lans)
    for (const auto& own : lan_addresses(lan, facts, lent.family()))
      if (own.overlaps(lent)) return &lan;
  return nullptr;
}

const Lease* usable_lease(const Config& config, const WanConfig& wan, const Facts& facts) {
  const auto* lease = wan.dhcp ? facts.lease(wan.interface) : nullptr;
  return lease != nullptr && lan_in_the_way(config, facts, lease->address) == nullptr ? lease : nullptr;
}

/// What the system has set is followed as well, but where a DHCP client of ours speaks for IPv4, and where IPv6 is off.
bool follows_system(const WanConfig& wan, Family family) {
  return family == Family::v4 ? !wan.dhcp : wan.ipv6 != Ipv6Mode::off;
}

/// What belongs to the pair of routers, whichever has it now.
std::vector<Prefix> addresses_of_the_pair(const Config& config, const WanConfig& wan, const Lease* lease) {
  if (!config.ha) return {};
  auto addresses = wan.addresses;
  if (lease != nullptr) addresses.push_back(lease->address);
  return addresses;
}

std::vector<Prefix> addresses_to_set(const Config& config, const Uplink& uplink, const Lease* lease) {
  auto addresses = config.ha ? own_addresses(*config.ha, uplink.wan->name) : uplink.wan->addresses;
  if (lease != nullptr && !uplink.rests) addresses.push_back(lease->address);
  return addresses;
}

std::vector<Prefix> all_addresses(const Uplink& uplink, const Facts& facts, std::vector<Prefix> of_the_pair,
                                  Family family) {
  std::vector<Prefix> own;
  of_the_pair.insert(of_the_pair.end(), uplink.set.begin(), uplink.set.end());
  for (const auto& address : of_the_pair)
    if (address.family() == family && !contains(own, address)) own.push_back(address);
  if (!follows_system(*uplink.wan, family)) return own;
  for (const auto& fact : facts.addresses)
    if (fact.link == uplink.wan->interface && fact.address.family() == family && fact.global && fact.usable &&
        !fact.ours && !contains(own, fact.address))
      own.push_back(fact.address);
  return own;
}

bool is_private(const Prefix& address) {
  static const std::array blocks{Prefix::parse("10.0.0.0/8"), Prefix::parse("172.16.0.0/12"),
                                 Prefix::parse("192.168.0.0/16"), Prefix::parse("169.254.0.0/16")};
  return std::ranges::any_of(blocks, [&](const auto& block) { return block->contains(address.address); });
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

std::optional<IpAddress> find_gateway(const WanConfig& wan, const Facts& facts, const Lease* lease, Family family,
                                      const std::vector<Prefix>& own) {
  if (own.empty() && !follows_system(wan, family)) return std::nullopt;
  for (const auto& gateway : wan.gateways)
    if (gateway.family() == family) return gateway;
  if (family == Family::v4 && lease != nullptr && !lease->gateways.empty()) return lease->gateways.front();
  const RouteFact* best = nullptr;
  for (const auto& route : facts.routes)
    if (follows_system(wan, family) && route.link == wan.interface && route.gateway &&
        route.destination == Prefix::everything(family) && (best == nullptr || route.metric < best->metric))
      best = &route;
  if (best != nullptr) return best->gateway;
  for (const auto& address : own)
    if (const auto other = only_other_host(address)) return other;
  return std::nullopt;
}

std::optional<IpAddress> present_address(const Uplink& uplink, const Facts& facts, const std::vector<Prefix>& own) {
  for (const auto& address : own)
    if (contains(uplink.set, address) || facts.has_address(uplink.wan->interface, address.address))
      return address.address;
  return std::nullopt;
}

UplinkPath resolve_path(const Uplink& uplink, const Config& config, const Facts& facts, const Lease* lease,
                        Family family, bool unproven) {
  UplinkPath path;
  path.unproven = unproven;
  path.own = all_addresses(uplink, facts, addresses_of_the_pair(config, *uplink.wan, lease), family);
  path.gateway = find_gateway(*uplink.wan, facts, lease, family, path.own);
  path.configured = !path.own.empty();
  if (path.gateway) {
    // The address that shares a subnet with the gateway is the one the provider expects as a source.
    const auto near = std::ranges::find_if(path.own, [&](const Prefix& own) { return own.contains(*path.gateway); });
    path.onlink = near == path.own.end() && !path.gateway->is_link_local();
    if (near != path.own.end()) std::rotate(path.own.begin(), near, near + 1);
  }
  path.source = present_address(uplink, facts, path.own);
  const bool next_hop = path.gateway || (uplink.link != nullptr && uplink.link->point_to_point);
  path.routable = uplink.link != nullptr && !path.own.empty() && next_hop;
  path.ready = path.routable && uplink.link->up && uplink.link->carrier;
  path.usable = path.ready && !unproven && uplink.verdict != Verdict::down;
  return path;
}

std::string why_no_lease(const Config& config, const WanConfig& wan, const Facts& facts) {
  if (const auto* lease = facts.lease(wan.interface))
    if (const auto* lan = lan_in_the_way(config, facts, lease->address))
      return fmt::format("its lease {} overlaps the LAN {}: give one of them another subnet", lease->address.to_text(),
                         lan->name);
  const auto problem = facts.dhcp_problems.find(wan.interface);
  return problem == facts.dhcp_problems.end() ? "waiting for a DHCP lease" : problem->second;
}

/// A modem whose line is down often lends an address of its own, behind which there is nothing.
std::string with_lease(const std::string& why, const Lease& lease) {
  return fmt::format(
      "{} (lease {}{})", why, lease.address.to_text(),
      is_private(lease.address) ? ", which is private: perhaps the modem's own, while its line is down" : "");
}

std::string why_down(const Uplink& uplink, const Config& config, const Facts& facts) {
  const auto& name = uplink.wan->interface;
  if (uplink.link == nullptr)
    return fmt::format("there is no device {}", uplink.wan->vlan ? uplink.wan->vlan->trunk : name);
  if (!uplink.link->up) return fmt::format("{} is switched off", name);
  if (!uplink.link->carrier) return fmt::format("{} has no carrier: cable or modem", name);
  const auto& four = uplink.path(Family::v4);
  const auto& six = uplink.path(Family::v6);
  if (uplink.wan->dhcp && !four.configured) return why_no_lease(config, *uplink.wan, facts);
  if (!four.configured && !six.configured) return fmt::format("{} has no address", name);
  return fmt::format("no gateway is known for {}",
                     four.configured ? four.own.front().to_text() : six.own.front().to_text());
}

/// Nothing can be asked over a device that is down: what is under it must do.
void judge_resting(Uplink& uplink, const Facts& facts) {
  const auto* lower = facts.link(uplink.wan->shared_on);
  const bool works = lower != nullptr && lower->up && lower->carrier;
  uplink.verdict = works ? Verdict::up : Verdict::down;
  uplink.why = works ? "" : fmt::format("{} has no carrier: cable or modem", uplink.wan->shared_on);
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
    const auto* lease = usable_lease(config, wan, facts);
    uplink.rests = !wan.shared_on.empty() && facts.role != Role::active;
    uplink.set = addresses_to_set(config, uplink, lease);
    for (const auto family : families)
      uplink.path(family) =
          resolve_path(uplink, config, facts, lease, family, judged.unproven.at(static_cast<std::size_t>(family)));
    if (uplink.rests) {
      judge_resting(uplink, facts);
    } else if (!uplink.path(Family::v4).ready && !uplink.path(Family::v6).ready) {
      uplink.verdict = Verdict::down;
      uplink.why = why_down(uplink, config, facts);
    } else if (uplink.verdict == Verdict::down && lease != nullptr) {
      uplink.why = with_lease(uplink.why, *lease);
    }
    uplinks.push_back(std::move(uplink));
  }
  std::ranges::sort(uplinks, {}, &Uplink::id);
  return uplinks;
}

std::vector<const Uplink*> active_uplinks(const std::vector<Uplink>& uplinks, Family family) {
  const auto best_of = [&](std::initializer_list<Verdict> allowed) {
    std::vector<const Uplink*> best;
    for (const auto& uplink : uplinks) {
      if (!uplink.usable(family) || std::ranges::find(allowed, uplink.verdict) == allowed.end()) continue;
      if (!best.empty() && uplink.wan->tier > best.front()->wan->tier) continue;
      if (!best.empty() && uplink.wan->tier < best.front()->wan->tier) best.clear();
      best.push_back(&uplink);
    }
    return best;
  };
  auto active = best_of({Verdict::up, Verdict::degraded});
  if (active.empty()) return best_of({Verdict::held});
  const auto is_up = [](const Uplink* uplink) { return uplink->verdict == Verdict::up; };
  if (std::ranges::any_of(active, is_up)) std::erase_if(active, std::not_fn(is_up));
  return active;
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
