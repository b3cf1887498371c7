#include "daemon/uplink_capacities.hpp"

#include <map>

namespace fairlead::daemon {
namespace {

balance::Terms terms_of(const WanConfig& wan) {
  balance::Terms terms;
  terms.weight = wan.weight;
  if (const auto& bandwidth = wan.bandwidth)
    terms.declared = balance::Rates{static_cast<double>(bandwidth->down.bits_per_second),
                                    static_cast<double>(bandwidth->up.bits_per_second)};
  return terms;
}

}  // namespace

void UplinkCapacities::follow(const std::vector<compile::Uplink>& uplinks, bpf::Datapath* programs) {
  std::map<UplinkId, balance::Terms> terms;
  for (const auto& uplink : uplinks) terms.emplace(uplink.id, terms_of(*uplink.wan));
  book_.follow(std::move(terms));
  tell(programs);
}

void UplinkCapacities::note(const TrafficOf& traffic, const LatencyOf& latency, bpf::Datapath* programs) {
  for (const auto& [id, capacity] : book_.capacities())
    if (const auto now = traffic(id)) book_.note(id, {now->down, now->up}, latency(id));
  tell(programs);
}

void UplinkCapacities::tell(bpf::Datapath* programs) const {
  if (programs == nullptr) return;
  for (const auto& [id, capacity] : book_.capacities()) programs->set_capacity(id, {capacity.kbit, capacity.full});
}

}  // namespace fairlead::daemon
