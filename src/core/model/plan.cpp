#include "core/model/plan.hpp"

#include <fmt/format.h>

namespace fairlead {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

std::string table_text(TableId table) { return table.value == 254 ? "main" : std::to_string(table.value); }

std::string next_hop_text(const Nexthop& hop) {
  std::string text;
  if (hop.gateway) text += fmt::format(" via {}", hop.gateway->to_text());
  text += fmt::format(" dev {}", hop.link);
  return hop.onlink ? text + " onlink" : text;
}

std::string destination_text(const Prefix& destination) {
  return destination.length == 0 ? fmt::format("default ({})", to_text(destination.family())) : destination.to_text();
}

}  // namespace

std::string to_text(const DeviceState& device) {
  if (device.is_bridge()) return fmt::format("{} type bridge", device.name);
  if (device.is_macvlan())
    return fmt::format("{} link {} type macvlan address {}", device.name, device.trunk, device.mac);
  return fmt::format("{} link {} type vlan id {}", device.name, device.trunk, device.vlan);
}

std::string to_text(const PortState& port) { return fmt::format("{} master {}", port.link, port.bridge); }

std::string to_text(const AddressState& address) {
  return fmt::format("{} dev {}", address.address.to_text(), address.link);
}

std::string to_text(const RouteState& route) {
  std::string text = route.nexthops.empty() ? "unreachable " : "";
  text += destination_text(route.destination);
  if (route.nexthops.size() == 1) text += next_hop_text(route.nexthops.front());
  text += fmt::format(" table {} metric {}", table_text(route.table), route.metric);
  if (route.source) text += fmt::format(" src {}", route.source->to_text());
  if (route.nexthops.size() > 1)
    for (const auto& hop : route.nexthops) text += fmt::format(" nexthop{} weight {}", next_hop_text(hop), hop.weight);
  return text;
}

std::string to_text(const RuleState& rule) {
  auto text = fmt::format("{} {}:", to_text(rule.family), rule.priority);
  if (rule.source) text += fmt::format(" from {}", rule.source->to_text());
  if (rule.mark) text += fmt::format(" fwmark {:#x}/{:#x}", *rule.mark, rule.mark_mask);
  if (!rule.output_link.empty()) text += fmt::format(" oif {}", rule.output_link);
  if (rule.table) text += fmt::format(" lookup {}", table_text(*rule.table));
  if (rule.go_to) text += fmt::format(" goto {}", *rule.go_to);
  return rule.suppress_default ? text + " suppress_prefixlength 0" : text;
}

std::string to_text(const DoorState& door) {
  if (!door.is_lan()) return fmt::format("{} for uplink {}, table {}", door.link, door.uplink.value, door.table.value);
  auto text = door.link + " for a LAN";
  for (const auto& [subnet, own] : door.subnets) {
    text += fmt::format(", {} but", subnet.to_text());
    for (const auto& address : own) text += " " + address.to_text();
  }
  return text;
}

std::string to_text(const DatapathState& datapath) {
  std::string text = datapath.offload ? "fast path" : "no fast path";
  for (const auto family : families)
    for (const auto& choice : datapath.choices.at(static_cast<std::size_t>(family))) {
      text += fmt::format(", {} {} of uplinks", to_text(family), choice.overflow ? "first with room" : "least loaded");
      for (const auto id : choice.members) text += fmt::format(" {}", id.value);
    }
  return text;
}

std::string to_text(const Step& step) {
  return std::visit(
      Overloaded{
          [](const SetSysctl& set) { return fmt::format("sysctl {} = {} (was {})", set.path, set.after, set.before); },
          [](const Add<DeviceState>& add) { return "add device " + to_text(add.object); },
          [](const Remove<DeviceState>& remove) { return "remove device " + to_text(remove.object); },
          [](const Add<PortState>& add) { return "add port " + to_text(add.object); },
          [](const Remove<PortState>& remove) { return "remove port " + to_text(remove.object); },
          [](const SetLinkUp& set) { return fmt::format("link {} {}", set.link, set.up ? "up" : "down"); },
          [](const Add<AddressState>& add) { return "add address " + to_text(add.object); },
          [](const Remove<AddressState>& remove) { return "remove address " + to_text(remove.object); },
          [](const Add<RouteState>& add) { return "add route " + to_text(add.object); },
          [](const Remove<RouteState>& remove) { return "remove route " + to_text(remove.object); },
          [](const ReplaceRoute& replace) { return "replace route " + to_text(replace.after); },
          [](const Add<RuleState>& add) { return "add rule " + to_text(add.object); },
          [](const Remove<RuleState>& remove) { return "remove rule " + to_text(remove.object); },
          [](const RunNft& run) { return "nft transaction:\n" + run.script; },
          [](const SetDatapath& set) {
            return set.after ? "programs: " + to_text(*set.after) : std::string("programs: none");
          },
          [](const SetDoor& set) {
            return set.after ? "program at " + to_text(*set.after) : "no program at " + set.before->link;
          },
      },
      step);
}

std::string to_text(const Plan& plan) {
  std::string text;
  for (const auto& step : plan.steps) {
    text += to_text(step);
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

std::optional<Step> inverse(const Step& step) {
  return std::visit(
      Overloaded{
          [](const SetSysctl& set) { return std::optional<Step>(SetSysctl{set.path, set.after, set.before}); },
          [](const Add<DeviceState>& add) { return std::optional<Step>(Remove<DeviceState>{add.object}); },
          [](const Remove<DeviceState>& remove) { return std::optional<Step>(Add<DeviceState>{remove.object}); },
          [](const Add<PortState>& add) { return std::optional<Step>(Remove<PortState>{add.object}); },
          [](const Remove<PortState>& remove) { return std::optional<Step>(Add<PortState>{remove.object}); },
          [](const SetLinkUp& set) { return std::optional<Step>(SetLinkUp{set.link, !set.up}); },
          [](const Add<AddressState>& add) { return std::optional<Step>(Remove<AddressState>{add.object}); },
          [](const Remove<AddressState>& remove) { return std::optional<Step>(Add<AddressState>{remove.object}); },
          [](const Add<RouteState>& add) { return std::optional<Step>(Remove<RouteState>{add.object}); },
          [](const Remove<RouteState>& remove) { return std::optional<Step>(Add<RouteState>{remove.object}); },
          [](const ReplaceRoute& replace) { return std::optional<Step>(ReplaceRoute{replace.after, replace.before}); },
          [](const Add<RuleState>& add) { return std::optional<Step>(Remove<RuleState>{add.object}); },
          [](const Remove<RuleState>& remove) { return std::optional<Step>(Add<RuleState>{remove.object}); },
          [](const RunNft&) { return std::optional<Step>(); },
          [](const SetDatapath& set) { return std::optional<Step>(SetDatapath{set.after, set.before}); },
          [](const SetDoor& set) { return std::optional<Step>(SetDoor{set.after, set.before}); },
      },
      step);
}

}  // namespace fairlead
