#pragma once
// Purpose: a Topology as input for `ip -batch`, `tc -batch` and nft. Pure. Source: ip(8), tc-tbf(8), nft(8).
#include <string>

#include "lab/topology.hpp"

namespace fairlead::lab {

[[nodiscard]] std::string namespace_name(const std::string& lab, const std::string& host);

/// For the outermost namespace: makes every namespace, and no device there.
[[nodiscard]] std::string namespaces_batch(const Topology& topology, const std::string& lab);
/// For the outermost namespace: every cable, or those of one host, the ends straight in their namespaces.
[[nodiscard]] std::string cables_batch(const Topology& topology, const std::string& lab,
                                       const std::string& only_of = {});
/// Inside the host: one interface, where its cable is there.
[[nodiscard]] std::string interface_batch(const Interface& interface);
/// Inside the host: bridges, ports, addresses, everything up, routes.
[[nodiscard]] std::string host_batch(const LabHost& host);
/// Inside the host: its routes alone, made or put back.
[[nodiscard]] std::string routes_batch(const LabHost& host);
/// Inside the host, for tc; empty where nothing is shaped.
[[nodiscard]] std::string shaping_batch(const LabHost& host);
/// Inside the host, for nft; empty for hosts that are no modem.
[[nodiscard]] std::string modem_script(const LabHost& host);

}  // namespace fairlead::lab
