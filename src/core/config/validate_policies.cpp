#include <fmt/format.h>

#include "core/config/build.hpp"
#include "core/config/coverage.hpp"
#include "core/config/validate.hpp"
#include "core/config/values_net.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

void check_ports(const PolicyDraft& policy, Report& report) {
  if (!policy.ports.given) return;
  for (const auto& [protocol, where] : policy.protocols.items)
    if (!protocol.has_ports())
      report.error(where, fmt::format("protocol {} has no ports: remove it, or make a policy of its own without port",
                                      to_text(protocol)));
}

void check_families(const PolicyDraft& policy, Report& report) {
  if (policy.sources.broken || policy.destinations.broken || !families_of(policy).empty()) return;
  const auto other = policy.destinations.items.front().value.family();
  report.error(policy.destinations.where,
               fmt::format("destination is only {} and source only {}, which never match together: correct one of the "
                           "two",
                           to_text(other), to_text(other == Family::v4 ? Family::v6 : Family::v4)));
}

void check_choice(const PolicyDraft& policy, Report& report) {
  for (const auto* word : {UplinkChoice::lowest_latency, UplinkChoice::least_loaded})
    if (policy.use.has(word) && policy.use.items.size() > 1)
      report.error(policy.use.where,
                   fmt::format("use has \"{}\" in a list: write it alone, it chooses among all uplinks", word));
}

void check_latency(const PolicyDraft& policy, const FileDraft& draft, Report& report) {
  if (!policy.use.has(UplinkChoice::lowest_latency) || policy.use.items.size() > 1) return;
  const bool none_asks = draft.health.probes.given && draft.health.probes.items.empty();
  if (none_asks && std::ranges::none_of(draft.wans, [](const WanDraft& wan) {
        return wan.health.value && !wan.health.value->probes.items.empty();
      }))
    report.warning(policy.use.where,
                   "use \"lowest-latency\" knows no latency without probes: remove probe = [] from [health]");
}

}  // namespace

void check_policies(const FileDraft& draft, Report& report) {
  for (const auto& policy : draft.policies) {
    check_ports(policy, report);
    check_families(policy, report);
    check_choice(policy, report);
    check_latency(policy, draft, report);
    if (policy.use.items.size() == 1 && !policy.use.broken && policy.balance.value_or(false))
      report.warning(policy.balance.where, "balance true does nothing with one uplink: name more in use, or remove it");
  }
  const auto coverage = covered_by(draft.policies, draft.lans);
  for (std::size_t index = 0; index < coverage.size(); ++index) {
    if (!coverage[index]) continue;
    const auto& earlier = draft.policies[*coverage[index]];
    report.warning(draft.policies[index].where,
                   fmt::format("{} can never match, because \"{}\" in line {} takes all that it would: put it before "
                               "that one, or remove it",
                               shown(label(draft.policies[index].name, "policy", index + 1)),
                               label(earlier.name, "policy", *coverage[index] + 1), earlier.where.line));
  }
}

}  // namespace fairlead::config
