// The programs at the doors (docs/fast-path.md): at which devices, and what they must know.
#include <fmt/format.h>

#include <algorithm>

#include "core/compile/compile.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/spread.hpp"

namespace fairlead::compile {
namespace {

/// The router's address of each of the LAN's subnets. The programs know packets by one own address, and two subnets
/// of each family (bpf/abi.h); others take the normal path.
std::vector<DoorSubnet> subnets_of(const Context& context, const LanConfig& lan) {
  constexpr std::size_t most = 2;
  std::vector<DoorSubnet> found;
  for (const auto family : families) {
    std::vector<Prefix> networks;
    const auto all = router_addresses(context.config, lan, context.facts, family);
    for (const auto& own : all)
      if (!own.is_host() && networks.size() < most && std::ranges::find(networks, own.network()) == networks.end() &&
          std::ranges::count_if(all, [&](const Prefix& other) { return own.contains(other.address); }) == 1) {
        networks.push_back(own.network());
        found.push_back({own.network(), own.address});
      }
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
