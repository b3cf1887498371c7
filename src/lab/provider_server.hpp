#pragma once
// Purpose: the server by which a provider tells its customers their addresses: dnsmasq, for DHCP and router
// advertisements, in the provider's namespace.
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ip.hpp"
#include "lab/host.hpp"
#include "lab/topology.hpp"

namespace fairlead::lab {

/// The provider's interface must have an address in each subnet.
struct Offer {
  std::optional<Prefix> lends;                            ///< by DHCP; one address, with its subnet's length
  std::optional<IpAddress> gateway;                       ///< none: the lease names none
  std::vector<IpAddress> resolvers;                       ///< that the lease names
  std::chrono::seconds lifetime = std::chrono::hours(1);  ///< at least 120 s, dnsmasq has no shorter lease
  std::chrono::seconds renew{};                           ///< T1, at least 3 s; 0: half the lifetime
  std::chrono::seconds rebind{};                          ///< T2, after T1; 0: seven eighths of the lifetime
  std::optional<Prefix> advertises;  ///< by router advertisements; hosts make their addresses themselves
  std::chrono::seconds router_lifetime = std::chrono::minutes(30);  ///< 0: "I am no default router any more"
};

/// What a provider offers from the start.
[[nodiscard]] Offer offer_of(const LabHost& provider);

/// Returns when it listens. Its files are `stem` with .leases and .log; the leases are wiped.
[[nodiscard]] Result<pid_t> start_provider_server(const Host& provider, const Offer& offer, const std::string& stem);

}  // namespace fairlead::lab
