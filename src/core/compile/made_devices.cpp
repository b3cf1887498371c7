#include "core/compile/made_devices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ranges.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// The device is made of these.
std::vector<std::string> lower_devices(const LanConfig& lan) {
  return lan.vlan ? std::vector{lan.vlan->trunk} : lan.ports;
}
std::vector<std::string> lower_devices(const WanConfig& wan) {
  return wan.vlan ? std::vector{wan.vlan->trunk} : std::vector<std::string>{};
}

/// The device of the section that is a VLAN, if any is.
const std::string& vlan_device(const LanConfig& lan) { return lan.interface; }
const std::string& vlan_device(const WanConfig& wan) { return wan.shared_on.empty() ? wan.interface : wan.shared_on; }

template <typename Section>
void foresee(const Section& section, const Facts& facts, std::unique_ptr<Facts>& foreseen) {
  const auto& known = foreseen ? *foreseen : facts;
  const auto lower = lower_devices(section);
  if (lower.empty() || known.link(vlan_device(section)) != nullptr) return;
  LinkFact link;
  link.name = vlan_device(section);
  link.up = true;
  bool can_be_made = !section.vlan;  // a bridge needs no port to begin with
  for (const auto& device : lower)
    if (const auto* found = known.link(device)) {
      can_be_made = true;
      link.carrier = link.carrier || found->carrier;
      link.mtu = found->mtu;
    }
  if (!can_be_made) return;
  if (!foreseen) foreseen = std::make_unique<Facts>(facts);
  foreseen->links.push_back(std::move(link));
}

template <typename Section>
void add_vlan(const Section& section, const Facts& facts, State& state) {
  if (!section.vlan || facts.link(section.vlan->trunk) == nullptr) return;
  state.devices.push_back({vlan_device(section), section.vlan->trunk, section.vlan->id, ""});
  state.links_up.push_back(section.vlan->trunk);
  state.links_up.push_back(vlan_device(section));
}

/// That of the pair is known once both routers have met; until then a router has one of its own.
std::string shared_mac(const LinkFact& lower, const Facts& facts) {
  const auto known = facts.shared_macs.find(lower.name);
  return known == facts.shared_macs.end() ? shared_mac_of(lower.mac) : known->second;
}

/// As it will be once the plan is carried out: only the active router has it up.
void foresee_shared(const WanConfig& wan, const Facts& facts, std::unique_ptr<Facts>& foreseen) {
  const auto& known = foreseen ? *foreseen : facts;
  if (wan.shared_on.empty()) return;
  const auto* lower = known.link(wan.shared_on);
  if (lower == nullptr || lower->mac.empty()) return;
  const bool active = facts.role == Role::active;
  auto link = known.link(wan.interface) == nullptr ? LinkFact{} : *known.link(wan.interface);
  const auto before = link;
  link.name = wan.interface;
  link.up = active;
  link.carrier = active && lower->up && lower->carrier;
  link.mtu = lower->mtu;
  link.mac = shared_mac(*lower, facts);
  if (link == before) return;
  if (!foreseen) foreseen = std::make_unique<Facts>(facts);
  std::erase_if(foreseen->links, [&](const LinkFact& fact) { return fact.name == wan.interface; });
  foreseen->links.push_back(std::move(link));
}

void add_shared(const WanConfig& wan, const Facts& facts, State& state) {
  const auto* lower = wan.shared_on.empty() ? nullptr : facts.link(wan.shared_on);
  if (lower == nullptr || lower->mac.empty()) return;
  state.devices.push_back({wan.interface, wan.shared_on, 0, shared_mac(*lower, facts)});
  state.links_up.push_back(wan.shared_on);
  // Coming up with an address it tells its neighbours at once.
  state.sysctls[fmt::format("net/ipv4/conf/{}/arp_notify", wan.interface)] = "1";
}

void add_bridge(const LanConfig& lan, const Facts& facts, State& state) {
  if (lan.ports.empty()) return;
  state.devices.push_back({lan.interface, "", 0, ""});
  state.links_up.push_back(lan.interface);
  for (const auto& port : lan.ports) {
    if (facts.link(port) == nullptr) continue;
    state.ports.push_back({port, lan.interface});
    state.links_up.push_back(port);
  }
}

}  // namespace

std::unique_ptr<Facts> foresee_devices(const Config& config, const Facts& facts) {
  std::unique_ptr<Facts> foreseen;
  // VLANs may stand on bridges.
  for (const bool bridges : {true, false})
    for (const auto& lan : config.lans)
      if (lan.vlan.has_value() != bridges) foresee(lan, facts, foreseen);
  for (const auto& wan : config.wans) foresee(wan, facts, foreseen);
  for (const auto& wan : config.wans) foresee_shared(wan, facts, foreseen);
  return foreseen;
}

void add_made_devices(const Context& context, State& state) {
  for (const auto& lan : context.config.lans) {
    add_vlan(lan, context.facts, state);
    add_bridge(lan, context.facts, state);
  }
  for (const auto& wan : context.config.wans) {
    add_vlan(wan, context.facts, state);
    add_shared(wan, context.facts, state);
  }
  make_set(state.devices);
  make_set(state.ports);
}

}  // namespace fairlead::compile
