#include "core/compile/compile.hpp"

#include <fmt/format.h>

#include <bit>

#include "core/compile/advertisements.hpp"
#include "core/compile/delegation.hpp"
#include "core/compile/made_devices.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/spread.hpp"

namespace fairlead::compile {
namespace {

void warn_of_missing_devices(const Context& context, std::vector<std::string>& warnings) {
  for (const auto& lan : context.config.lans) {
    const auto missing = [&](const std::string& device) {
      if (context.facts.link(device) != nullptr) return false;
      warnings.push_back(
          fmt::format("lan {}: there is no device {} yet; it is taken up when it comes", lan.name, device));
      return true;
    };
    for (const auto& port : lan.ports) missing(port);
    if (missing(lan.vlan ? lan.vlan->trunk : lan.interface)) continue;
    if (lan_addresses(lan, context.facts, Family::v4).empty() && lan_addresses(lan, context.facts, Family::v6).empty())
      warnings.push_back(
          fmt::format("lan {}: {} has no address; set one in the file or in the system", lan.name, lan.interface));
  }
}

/// A marked packet to a gateway of the wrong subnet would be dropped without a trace.
void warn_of_gateways(const Context& context, std::vector<std::string>& warnings) {
  for (const auto& uplink : context.uplinks)
    for (const auto family : families)
      if (uplink.path(family).configured && !uplink.path(family).routable && uplink.link != nullptr)
        warnings.push_back(
            fmt::format("wan {}: no {} gateway is known: set `gateway`, or let the system learn a default route",
                        uplink.wan->name, to_text(family)));
}

void warn_of_leases(const Context& context, std::vector<std::string>& warnings) {
  for (const auto& uplink : context.uplinks) {
    if (!uplink.wan->dhcp || uplink.link == nullptr) continue;
    const auto problem = context.facts.dhcp_problems.find(uplink.wan->interface);
    if (problem != context.facts.dhcp_problems.end())
      warnings.push_back(fmt::format("wan {}: {}", uplink.wan->name, problem->second));
    else if (uplink.path(Family::v4).unproven && uplink.path(Family::v4).ready)
      warnings.push_back(
          fmt::format("wan {}: nothing has answered over its new lease yet, only IPv6 is used", uplink.wan->name));
    else if (!uplink.path(Family::v4).configured && uplink.path(Family::v6).ready)
      warnings.push_back(fmt::format("wan {}: waiting for a DHCP lease, only IPv6 is used", uplink.wan->name));
  }
}

/// Sets of a known size are fixed hash tables in the kernel, which cost a packet half of what growing ones cost. In
/// steps of powers of two, so that a set is seldom made anew.
void give_sizes(nft::Table& table) {
  for (auto& [name, set] : table.sets)
    if (!set.dynamic && !set.definition.contains("interval"))
      set.definition += fmt::format(" size {};", std::max(std::bit_ceil(set.elements.size()), std::size_t{64}));
}

}  // namespace

Compiled compile(const Config& config, const Facts& facts, const Health& health, const UplinkIds& ids) {
  Compiled result;
  result.foreseen = foresee_devices(config, facts);
  const Facts& known = result.foreseen ? *result.foreseen : facts;
  result.uplinks = resolve_uplinks(config, known, health, ids);
  const auto effective = with_delegated(config, facts);
  ProposedChoices proposed;
  const Context context{effective, known, result.uplinks, health.by_latency, proposed};
  add_sysctls(context, result.state);
  add_made_devices(context, result.state);
  add_addresses(context, result.state);
  add_routes(context, result.state);
  add_rules(context, result.state);
  auto& table = result.state.nft;
  add_devices(context, table);
  add_marks(context, table);
  add_ingress(context, table);
  add_helpers(context, table);
  add_from_lan(context, table);
  add_output(context, table);
  add_choice(context, table);
  add_balance(context, table);  // before the policies, so that its choice of an uplink has the first place
  add_policies(context, table, result.origins.policies);
  add_nat(context, table);
  add_forwards(context, table, result.origins.forwards);
  add_allowed(context, table);
  add_filter(context, table);
  add_mss_clamp(context, table);
  give_sizes(table);
  add_datapath(context, result.state);
  result.advertisements = advertisements(context);
  warn_of_missing_devices(context, result.warnings);
  warn_of_gateways(context, result.warnings);
  warn_of_leases(context, result.warnings);
  warn_of_programs(context, result.warnings);
  result.dhcp = dhcp_servers(context, result.warnings);
  return result;
}

}  // namespace fairlead::compile
