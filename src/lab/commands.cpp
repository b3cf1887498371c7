#include "lab/commands.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace fairlead::lab {

namespace {

/// Burst: what 10 ms of the rate are, at least one GSO packet. Queue: 50 ms, a modem that is not bloated.
std::string tbf(const Bitrate& rate) {
  const std::uint64_t burst = std::max<std::uint64_t>(rate.bits_per_second / 8 / 100, 65536);
  return fmt::format("tbf rate {}bit burst {} latency 50ms", rate.bits_per_second, burst);
}

}  // namespace

std::string namespace_name(const std::string& lab, const std::string& host) { return "fl-" + lab + "-" + host; }

std::string namespaces_batch(const Topology& topology, const std::string& lab) {
  std::string batch;
  for (const auto& host : topology.hosts) batch += fmt::format("netns add {}\n", namespace_name(lab, host.name));
  return batch;
}

std::string cables_batch(const Topology& topology, const std::string& lab, const std::string& only_of) {
  const auto end = [&](const CableEnd& at, int index) {
    const auto* host = topology.host(at.host);
    const auto* interface = host == nullptr ? nullptr : host->interface(at.interface);
    const bool has_mac = interface != nullptr && !interface->mac.empty();
    return fmt::format("name {} index {}{} netns {}", at.interface, index, has_mac ? " address " + interface->mac : "",
                       namespace_name(lab, at.host));
  };
  std::string batch;
  // Ends with equal index would look to the kernel like a device without a peer, and their carrier events would
  // be put off by up to a second (linkwatch_urgent_event): every end gets an index of its own.
  int index = 10;
  for (const auto& [one, other] : topology.cables) {
    if (only_of.empty() || one.host == only_of || other.host == only_of)
      batch += fmt::format("link add {} type veth peer {}\n", end(one, index), end(other, index + 1));
    index += 2;
  }
  return batch;
}

std::string interface_batch(const Interface& interface) {
  std::string batch;
  if (const auto& vlan = interface.vlan)
    batch += fmt::format("link add link {} name {} type vlan id {}\n", vlan->trunk, interface.name, vlan->id);
  for (const auto& address : interface.addresses) {
    batch += fmt::format("addr add {} dev {}{}\n", address.to_text(), interface.name,
                         address.family() == Family::v6 ? " nodad" : "");
  }
  if (!interface.bridge.empty()) batch += fmt::format("link set dev {} master {}\n", interface.name, interface.bridge);
  return batch + fmt::format("link set dev {} up\n", interface.name);
}

std::string host_batch(const LabHost& host) {
  std::string batch = "link set dev lo up\n";
  for (const auto& bridge : host.bridges) {
    // Ports forward at once, and group membership is nobody's concern here.
    batch += fmt::format("link add name {} type bridge forward_delay 0 mcast_snooping 0\nlink set dev {} up\n", bridge,
                         bridge);
  }
  for (const auto& interface : host.interfaces) batch += interface_batch(interface);
  return batch + routes_batch(host);
}

std::string routes_batch(const LabHost& host) {
  std::string batch;
  for (const auto& route : host.routes) {
    batch += "route replace " + route.destination.to_text();
    if (route.gateway) batch += " via " + route.gateway->to_text();
    batch += " dev " + route.link;
    if (route.metric != 0) batch += fmt::format(" metric {}", route.metric);
    if (route.onlink) batch += " onlink";
    if (route.source) batch += " src " + route.source->to_text();
    batch += "\n";
  }
  return batch;
}

std::string shaping_batch(const LabHost& host) {
  std::string batch;
  for (const auto& interface : host.interfaces) {
    if (interface.rate) batch += fmt::format("qdisc replace dev {} root {}\n", interface.name, tbf(*interface.rate));
  }
  return batch;
}

std::string modem_script(const LabHost& host) {
  if (host.modems.empty()) return "";
  std::string inbound;
  std::string outbound;
  for (const auto& modem : host.modems) {
    const char* ip = modem.outside.family() == Family::v4 ? "ip" : "ip6";
    const std::string outside = modem.outside.to_text();
    outbound += fmt::format("    meta nfproto {} oifname \"{}\" snat {} to {}\n",
                            modem.outside.family() == Family::v4 ? "ipv4" : "ipv6", names::provider_up, ip, outside);
    if (!modem.inside) continue;
    inbound += fmt::format("    iifname \"{}\" {} daddr {} meta l4proto {{ tcp, udp }} dnat {} to {}\n",
                           names::provider_up, ip, outside, ip, modem.inside->to_text());
  }
  return "table inet modem {\n  chain prerouting {\n    type nat hook prerouting priority dstnat;\n" + inbound +
         "  }\n  chain postrouting {\n    type nat hook postrouting priority srcnat;\n" + outbound + "  }\n}\n";
}

}  // namespace fairlead::lab
