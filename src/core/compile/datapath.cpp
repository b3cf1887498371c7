// The programs at the doors (docs/fast-path.md): at which devices, and what they must know.
#include <fmt/format.h>

#include <algorithm>

#include "core/compile/compile.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/spread.hpp"

namespace fairlead::compile {
namespace {

/// As many as the programs look at (bpf/abi.h); packets from other subnets take the normal path.
std::vector<DoorSubnet> subnets_of(const Context& context, const LanConfig& lan) {
  constexpr std::size_t most_subnets = 4;
  constexpr std::size_t most_own = 2;
  std::vector<DoorSubnet> found;
  for (const auto family : families) {
    std::vector<DoorSubnet> of_family;
    const auto all = router_addresses(context.config, lan, context.facts, family);
    for (const auto& own : all) {
      const auto is_same = [&](const DoorSubnet& one) { return one.subnet == own.network(); };
      if (own.is_host() || std::ranges::any_of(of_family, is_same)) continue;
      DoorSubnet subnet{own.network(), {}};
      for (const auto& other : all)
        if (own.contains(other.address)) subnet.own.push_back(other.address);
      if (subnet.own.size() <= most_own && of_family.size() < most_subnets) of_family.push_back(std::move(subnet));
    }
    found.insert(found.end(), of_family.begin(), of_family.end());
  }
  return found;
}

bool is_there(const Facts& facts, const std::string& device) {
  const auto* link = facts.link(device);
  // Without a MAC address a device has no Ethernet header, on which the programs count.
  return link != nullptr && !link->mac.empty() && !link->point_to_point;
}

}  // namespace

bool offloads(const Context& context) {
  const auto wanted = context.config.router.offload;
  return context.facts.runs_programs && (wanted == Offload::automatic || wanted == Offload::ebpf);
}

bool chooses_by_load(const Config& config) {
  return is_by_load(config.balance.method) || std::ranges::any_of(config.policies, &PolicyConfig::least_loaded);
}

void add_datapath(const Context& context, State& state) {
  const auto& config = context.config;
  if (!context.facts.runs_programs || (!offloads(context) && !chooses_by_load(config))) return;
  // Of a pair, only the active router forwards.
  state.datapath = {config.router.mark_mask, offloads(context) && !context.on_standby(), context.proposed.all()};
  for (const auto& lan : config.lans)
    if (is_there(context.facts, lan.interface))
      state.doors.push_back({lan.interface, {}, {}, subnets_of(context, lan), false});
  for (const auto& uplink : context.uplinks)
    if (is_there(context.facts, uplink.wan->interface))
      state.doors.push_back({uplink.wan->interface, uplink.id, table_of(uplink.id), {}, false});
  std::ranges::sort(state.doors);
}

void warn_of_programs(const Context& context, std::vector<std::string>& warnings) {
  const auto& [config, facts, uplinks, by_latency, proposed] = context;
  if (facts.runs_programs || facts.programs_problem.empty()) return;
  if (config.router.offload == Offload::ebpf)
    warnings.push_back(
        fmt::format("offload = \"ebpf\": packets take the normal path, because {}; `offload = \"auto\"` "
                    "says nothing of this",
                    facts.programs_problem));
  if (chooses_by_load(config))
    warnings.push_back(
        fmt::format("uplinks are chosen by weighted round robin, not by load, because {}", facts.programs_problem));
}

}  // namespace fairlead::compile
