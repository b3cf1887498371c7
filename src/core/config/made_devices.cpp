#include "core/config/made_devices.hpp"

#include <fmt/format.h>

namespace fairlead::config {
namespace {

std::string vlan_device(const std::string& trunk, int id) {
  auto name = fmt::format("{}.{}", trunk, id);
  if (name.size() <= longest_device_name) return name;
  // Long names tell cards apart by their end (a slot, a MAC address).
  name = fmt::format("v{}-", id);
  return name + trunk.substr(trunk.size() - (longest_device_name - name.size()));
}

}  // namespace

std::string shared_device(const std::string& lower) {
  const std::string start = "p-";
  const auto room = longest_device_name - start.size();
  return start + (lower.size() <= room ? lower : lower.substr(lower.size() - room));
}

std::string device_of(const LanDraft& lan) {
  const auto interface = lan.interface.value_or("");
  if (lan.vlan.value) return vlan_device(interface, *lan.vlan.value);
  return interface.empty() && lan.ports.given ? "br-" + lan.name : interface;
}

std::string device_of(const WanDraft& wan) {
  const auto interface = wan.interface.value_or("");
  return wan.vlan.value ? vlan_device(interface, *wan.vlan.value) : interface;
}

}  // namespace fairlead::config
