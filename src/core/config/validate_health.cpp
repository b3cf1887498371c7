#include <algorithm>

#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

/// The gateway is asked by ARP or neighbour discovery, whatever `probe` says.
void check_gateway_alone(const HealthDraft& own, const HealthDraft& all, Report& report) {
  const auto& targets = own.targets.given ? own.targets : all.targets;
  const auto& probes = own.probes.given ? own.probes : all.probes;
  const bool is_new = own.targets.given || own.probes.given;
  if (!is_new || targets.broken || probes.broken || targets.items.empty() || probes.items.empty()) return;
  const auto is_gateway = [](const auto& target) { return !target.value; };
  if (!std::ranges::all_of(targets.items, is_gateway)) return;
  report.warning(probes.items.front().where,
                 "probe has no effect, since the only target is the gateway, which is asked by ARP or neighbour "
                 "discovery: add an address on the internet to targets");
}

}  // namespace

void check_health(const FileDraft& draft, Report& report) {
  check_gateway_alone(draft.health, draft.health, report);
  for (const auto& wan : draft.wans)
    if (wan.health.value) check_gateway_alone(*wan.health.value, draft.health, report);
}

}  // namespace fairlead::config
