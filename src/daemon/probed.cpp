#include "daemon/probed.hpp"

namespace fairlead::daemon {
namespace {

/// Targets of the families that the uplink has. The usual ones are there for both: where there is IPv4 the three of
/// IPv4 are enough.
std::vector<IpAddress> targets_of(const compile::Uplink& uplink) {
  const auto& wanted = uplink.wan->health.targets;
  const bool usual = wanted == HealthConfig::default_targets();
  std::vector<IpAddress> targets;
  for (const auto& target : wanted) {
    const auto can_ask = [&](Family family) { return uplink.path(family).ready && uplink.path(family).source; };
    const bool other_is_enough = usual && target.family() == Family::v6 && can_ask(Family::v4);
    if (can_ask(target.family()) && !other_is_enough) targets.push_back(target);
  }
  return targets;
}

}  // namespace

std::vector<Probed> probed(const Config& config, const std::vector<compile::Uplink>& uplinks) {
  std::vector<Probed> result;
  for (const auto& uplink : uplinks) {
    Probed one;
    one.name = uplink.wan->name;
    one.device = uplink.wan->interface;
    if (uplink.link != nullptr) one.link = uplink.link->index;
    one.mark = config.router.mark_mask.value(uplink.id);
    for (const auto family : families) {
      const auto& path = uplink.path(family);
      if (!path.ready) continue;
      one.source.at(static_cast<std::size_t>(family)) = path.source;
      one.gateway.at(static_cast<std::size_t>(family)) = path.gateway;
    }
    one.subject.id = uplink.id;
    one.subject.sources = one.source;
    if (uplink.rests) one.subject.sources = {uplink.path(Family::v4).address(), std::nullopt};
    one.subject.config = uplink.wan->health;
    one.subject.targets = targets_of(uplink);
    // Without an address, while the other router of a pair has it, the gateway is all that can be asked.
    const bool mute = !one.source[0] && !one.source[1];
    one.subject.gateway = (uplink.wan->health.ask_gateway || mute) && (one.gateway[0] || one.gateway[1]);
    one.subject.leased = uplink.wan->dhcp;
    // One that rests works as far as can be told, and need not prove itself when this router takes over with the same
    // lease.
    one.subject.usable =
        uplink.rests ? uplink.verdict != Verdict::down : uplink.path(Family::v4).ready || uplink.path(Family::v6).ready;
    one.subject.why = one.subject.usable ? "" : uplink.why;
    // Nothing that could be asked: link, address and gateway decide, as with `probe = []`.
    if (one.subject.targets.empty() && !one.subject.gateway) one.subject.config.probes.clear();
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace fairlead::daemon
