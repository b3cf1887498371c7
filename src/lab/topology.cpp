#include "lab/topology.hpp"

#include <algorithm>

namespace fairlead::lab {

const Interface* LabHost::interface(std::string_view wanted) const {
  const auto found = std::ranges::find(interfaces, wanted, &Interface::name);
  return found == interfaces.end() ? nullptr : &*found;
}

std::optional<IpAddress> LabHost::address(Family family) const {
  for (const auto& interface : interfaces) {
    const auto found = std::ranges::find(interface.addresses, family, &Prefix::family);
    if (found != interface.addresses.end()) return found->address;
  }
  return std::nullopt;
}

const LabHost* Topology::host(std::string_view wanted) const {
  const auto found = std::ranges::find(hosts, wanted, &LabHost::name);
  return found == hosts.end() ? nullptr : &*found;
}

std::vector<std::string> Topology::names() const {
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(host.name);
  return names;
}

std::vector<std::string> Topology::routers() const {
  std::vector<std::string> names;
  for (const auto& host : hosts)
    if (host.role == Role::router) names.push_back(host.name);
  return names;
}

std::vector<CableEnd> Topology::far_ends(std::string_view wanted) const {
  std::vector<CableEnd> ends;
  for (const auto& [one, other] : cables) {
    if (one.host == wanted) ends.push_back(other);
    if (other.host == wanted) ends.push_back(one);
  }
  std::ranges::stable_partition(ends, [&](const CableEnd& end) { return host(end.host)->role == Role::sync_switch; });
  return ends;
}

std::vector<IpAddress> internet_servers() {
  std::vector<IpAddress> servers;
  for (const char* start : {"192.0.2.", "2001:db8:ffff::"}) {
    for (int i = 1; i <= 8; ++i) servers.push_back(IpAddress::parse(start + std::to_string(i)).value());
  }
  for (const auto& target : HealthConfig::default_targets()) servers.push_back(target);
  return servers;
}

Result<void> check_pair(const Config& config) {
  if (!config.ha) return fail("a pair needs the section [ha] in its file");
  for (const auto& lan : config.lans) {
    if (lan.ports.size() > 1)
      return fail("[lan." + lan.name + "] is a bridge of several ports: these are not in a pair lab yet");
    if (lan.name == names::sync) return fail("in a pair lab \"sync\" is the cable between the two: rename [lan.sync]");
  }
  if (std::ranges::find(config.wans, names::sync, &WanConfig::name) != config.wans.end())
    return fail("in a pair lab \"sync\" is the cable between the two: rename [wan.sync]");
  return {};
}

std::string names::switch_of(std::string_view name) { return "sw-" + std::string(name); }

std::string names::provider(std::string_view uplink) { return "isp-" + std::string(uplink); }

std::string names::lan_host(std::string_view lan, int number) {
  return std::string(lan) + "-" + std::to_string(number);
}

}  // namespace fairlead::lab
