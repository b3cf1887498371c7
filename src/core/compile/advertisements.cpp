#include "core/compile/advertisements.hpp"

#include <algorithm>

#include "base/ranges.hpp"
#include "core/compile/delegation.hpp"

namespace fairlead::compile {
namespace {

using Use = AdvertisedPrefix::Use;

bool is_subnet_for_hosts(const Prefix& own) {
  return own.family() == Family::v6 && own.length == 64 && !own.address.is_link_local();
}

/// The uplink whose provider delegated this address of a LAN; none: it is the file's own.
const Uplink* delegated_by(const Context& context, const LanConfig& lan, const Prefix& own) {
  for (const auto& uplink : context.uplinks)
    if (uplink.wan->delegate == lan.name)
      if (const auto* delegated = delegated_to(*uplink.wan, context.facts))
        if (router_address_in(delegated->prefix) == own) return &uplink;
  return nullptr;
}

AdvertisedPrefix advertised(const Context& context, const LanConfig& lan, const Prefix& own) {
  AdvertisedPrefix prefix{own.network(), Use::preferred, std::nullopt, std::nullopt};
  const auto* uplink = delegated_by(context, lan, own);
  if (uplink == nullptr) return prefix;
  // Over other uplinks such addresses work by translation only: hosts should leave them for better ones.
  if (!contains(active_uplinks(context.uplinks, Family::v6), uplink)) prefix.use = Use::deprecated;
  const auto* delegated = delegated_to(*uplink->wan, context.facts);
  prefix.valid_until = delegated->expires();
  prefix.preferred_until = delegated->preferred ? delegated->taken + *delegated->preferred : prefix.valid_until;
  return prefix;
}

std::vector<Prefix> reachable(const Context& context, const LanConfig& from) {
  std::vector<Prefix> found;
  for (const auto& lan : context.config.lans)
    if (contains(from.reach, lan.name))
      for (const auto& own : lan.addresses)
        if (own.family() == Family::v6 && !own.is_host() && !own.address.is_link_local())
          found.push_back(own.network());
  return found;
}

}  // namespace

std::vector<LanAdvertisement> advertisements(const Context& context) {
  if (context.is_pair() && context.facts.role != Role::active) return {};
  // Also while it is draining: the connections that it keeps must find the way to it.
  const bool way_out =
      std::ranges::any_of(context.uplinks, [](const Uplink& uplink) { return uplink.usable(Family::v6); });
  std::vector<LanAdvertisement> all;
  for (const auto& lan : context.config.lans) {
    if (!lan.advertise || context.facts.link(lan.interface) == nullptr) continue;
    LanAdvertisement told;
    told.lan = lan.name;
    told.link = lan.interface;
    if (context.is_pair()) told.source = pair_link_local(context.config).address;
    for (const auto& own : lan.addresses)
      if (is_subnet_for_hosts(own) &&
          std::ranges::find(told.prefixes, own.network(), &AdvertisedPrefix::prefix) == told.prefixes.end())
        told.prefixes.push_back(advertised(context, lan, own));
    told.default_router = way_out && !told.prefixes.empty();
    told.routes = reachable(context, lan);
    if (lan.dhcp) {
      told.managed = lan.dhcp->lends(Family::v6);
      told.dns = lan.dhcp->resolvers(Family::v6);
      told.domain = lan.dhcp->domain;
    }
    all.push_back(std::move(told));
  }
  return all;
}

}  // namespace fairlead::compile
