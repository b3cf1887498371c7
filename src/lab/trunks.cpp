#include "lab/trunks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::lab {
namespace {

std::string trunk_port(std::size_t router) { return router == 0 ? "trunk" : fmt::format("trunk{}", router + 1); }

void add_bridge(LabHost& host, const std::string& bridge) {
  if (std::ranges::find(host.bridges, bridge) == host.bridges.end()) host.bridges.push_back(bridge);
}

/// A VLAN's packets come in by a device of their own, which is a port of the VLAN's own bridge.
void add_vlan(LabHost& host, const std::string& trunk, int id, const std::string& bridge) {
  const auto name = fmt::format("{}.{}", trunk, id);
  if (host.interface(name) != nullptr) return;
  Interface tagged;
  tagged.name = name;
  tagged.bridge = bridge;
  tagged.vlan = Vlan{trunk, id};
  host.interfaces.push_back(std::move(tagged));
}

}  // namespace

Trunks::Trunks(const Config& config, std::size_t routers) : routers_(routers) {
  for (const auto& lan : config.lans)
    if (lan.vlan) names_.insert(lan.vlan->trunk);
  for (const auto& wan : config.wans)
    if (wan.vlan) names_.insert(wan.vlan->trunk);
}

CableEnd Trunks::far_end(const std::string& trunk, std::size_t router) {
  return {names::switch_of(trunk), trunk_port(router)};
}

CableEnd Trunks::port(const std::string& trunk, int id) {
  auto& host = switches_[trunk];
  if (host.name.empty()) {
    host.name = names::switch_of(trunk);
    host.role = Role::lan_switch;
    host.of = trunk;
    for (std::size_t router = 0; router < routers_; ++router) host.interfaces.emplace_back().name = trunk_port(router);
  }
  const auto bridge = fmt::format("br{}", id);
  add_bridge(host, bridge);
  for (std::size_t router = 0; router < routers_; ++router)
    if (id == 0)
      host.interfaces.at(router).bridge = bridge;
    else
      add_vlan(host, trunk_port(router), id, bridge);
  Interface port;
  port.name = fmt::format("port{}", host.interfaces.size());
  port.bridge = bridge;
  host.interfaces.push_back(port);
  return {host.name, port.name};
}

std::vector<LabHost> Trunks::switches() const {
  std::vector<LabHost> hosts;
  for (const auto& [trunk, host] : switches_) hosts.push_back(host);
  return hosts;
}

}  // namespace fairlead::lab
