#include "daemon/snapshot.hpp"

#include <algorithm>
#include <numeric>

#include "core/compile/context.hpp"
#include "core/compile/delegation.hpp"
#include "core/render/radvd.hpp"

namespace fairlead::daemon {
namespace {

std::string method_text(BalanceMethod method) {
  switch (method) {
    case BalanceMethod::source_hash:
      return "source-hash";
    case BalanceMethod::source_destination_hash:
      return "source-destination-hash";
    case BalanceMethod::least_loaded:
      return "least-loaded";
    case BalanceMethod::overflow:
      return "overflow";
    case BalanceMethod::weighted_round_robin:
      break;
  }
  return "weighted-round-robin";
}

double share_of(const compile::Uplink& uplink, const std::vector<compile::Uplink>& all, Family family) {
  const auto active = compile::active_uplinks(all, family);
  if (std::ranges::find(active, uplink.id, &compile::Uplink::id) == active.end()) return 0;
  const double total = std::accumulate(active.begin(), active.end(), 0.0,
                                       [](double sum, const auto* other) { return sum + other->wan->weight; });
  return uplink.wan->weight / total;
}

PathStatus path_status(const compile::Uplink& uplink, const std::vector<compile::Uplink>& all, Family family) {
  const auto& path = uplink.path(family);
  const auto address = path.address();
  return {path.usable, address ? address->to_text() : "", path.gateway ? path.gateway->to_text() : "",
          share_of(uplink, all, family)};
}

}  // namespace

Snapshot make_snapshot(const Config& config, const Facts& facts, const compile::Compiled& compiled,
                       const UplinkHistory& history) {
  Snapshot snapshot;
  snapshot.name = config.router.name;
  snapshot.version = FAIRLEAD_VERSION;
  const bool blind = is_by_load(config.balance.method) && !compiled.state.datapath;
  snapshot.method = method_text(blind ? BalanceMethod::weighted_round_robin : config.balance.method);
  snapshot.offload = compiled.state.datapath && compiled.state.datapath->offload ? "ebpf" : "off";
  for (const auto& [name, flowtable] : compiled.state.nft.flowtables)
    snapshot.offload = flowtable.in_hardware ? "hardware flowtable" : "flowtable";
  snapshot.warnings = compiled.warnings;
  for (const auto& uplink : compiled.uplinks) {
    UplinkStatus status;
    status.name = uplink.wan->name;
    status.id = uplink.id;
    status.device = uplink.wan->interface;
    status.state = to_text(uplink.verdict);
    status.since = history.since(uplink.id);
    status.why = uplink.why;
    status.weight = uplink.wan->weight;
    status.tier = uplink.wan->tier;
    status.ipv4 = path_status(uplink, compiled.uplinks, Family::v4);
    status.ipv6 = path_status(uplink, compiled.uplinks, Family::v6);
    snapshot.uplinks.push_back(std::move(status));
  }
  const auto effective = compile::with_delegated(config, facts);
  for (const auto& lan : effective.lans) {
    LanStatus status{lan.name, lan.interface, false, {}, {}};
    if (const auto* link = facts.link(lan.interface)) status.carrier = link->carrier;
    for (const auto family : families)
      for (const auto& address : compile::router_addresses(config, lan, facts, family))
        status.addresses.push_back(address.to_text());
    for (const auto& told : compiled.advertisements)
      if (told.lan == lan.name)
        for (const auto& prefix : told.prefixes) status.advertised.push_back(render::to_text(prefix));
    snapshot.lans.push_back(std::move(status));
  }
  return snapshot;
}

ConnectionSyncStatus connection_sync_status(const ConnectionSync::Status& status) {
  ConnectionSyncStatus told;
  told.running = status.running;
  if (!status.running)
    told.why = "conntrackd does not run";
  else if (status.peer_silent)
    told.why = "the other router's conntrackd is silent";
  if (const auto& found = status.statistics) {
    told.told = found->connections;
    told.taken = found->taken;
    told.waiting = found->unacknowledged;
    told.lost = found->overflowed + found->refused;
  }
  return told;
}

std::optional<ProbeStatus> probe_status(const health::Quality& quality) {
  if (quality.asked == 0) return std::nullopt;
  const auto in_ms = [](health::Micros time) { return std::chrono::duration<double, std::milli>(time).count(); };
  ProbeStatus status{quality.loss, std::nullopt, in_ms(quality.jitter)};
  if (quality.latency) status.latency = in_ms(*quality.latency);
  return status;
}

}  // namespace fairlead::daemon
