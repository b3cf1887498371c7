#include "core/compile/made_devices.hpp"

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

template <typename Section>
void foresee(const Section& section, const Facts& facts, std::unique_ptr<Facts>& foreseen) {
  const auto& known = foreseen ? *foreseen : facts;
  const auto lower = lower_devices(section);
  if (lower.empty() || known.link(section.interface) != nullptr) return;
  LinkFact link;
  link.name = section.interface;
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
  state.devices.push_back({section.interface, section.vlan->trunk, section.vlan->id});
  state.links_up.push_back(section.vlan->trunk);
  state.links_up.push_back(section.interface);
}

void add_bridge(const LanConfig& lan, const Facts& facts, State& state) {
  if (lan.ports.empty()) return;
  state.devices.push_back({lan.interface, "", 0});
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
  return foreseen;
}

void add_made_devices(const Context& context, State& state) {
  for (const auto& lan : context.config.lans) {
    add_vlan(lan, context.facts, state);
    add_bridge(lan, context.facts, state);
  }
  for (const auto& wan : context.config.wans) add_vlan(wan, context.facts, state);
  make_set(state.devices);
  make_set(state.ports);
}

}  // namespace fairlead::compile
