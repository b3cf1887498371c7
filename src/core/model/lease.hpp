#pragma once
// Purpose: what a provider's DHCP server lent to one uplink: an IPv4 address with what belongs to it (RFC 2131), or an
// IPv6 prefix (RFC 8415 section 6.3). Times are seconds of the clock that counts from boot, also while suspended
// (CLOCK_BOOTTIME): a wall clock that is set right after boot would end leases that are good.
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ip.hpp"

namespace fairlead {

using BootTime = std::chrono::seconds;

struct Lease {
  std::string link;
  Prefix address;                                ///< with host bits
  std::vector<IpAddress> gateways;               ///< in the server's order of preference
  std::vector<IpAddress> dns;                    ///< resolvers
  std::optional<IpAddress> server;               ///< who lent it
  std::uint32_t mtu = 0;                         ///< 0: the server says nothing
  BootTime taken{};                              ///< when the server granted or renewed it
  std::chrono::seconds renew{};                  ///< after `taken` (T1)
  std::chrono::seconds rebind{};                 ///< after `taken` (T2)
  std::optional<std::chrono::seconds> lifetime;  ///< after `taken`; none: for ever

  [[nodiscard]] std::optional<BootTime> expires() const {
    return lifetime ? std::optional(taken + *lifetime) : std::nullopt;
  }
  bool operator==(const Lease&) const = default;
};

struct DelegatedPrefix {
  std::string link;
  Prefix prefix;  ///< without host bits
  BootTime taken{};
  std::optional<std::chrono::seconds> lifetime;  ///< after `taken`; none: for ever
  std::optional<std::chrono::seconds>
      preferred;  ///< after `taken`, new connections should not use it; none: as lifetime

  [[nodiscard]] std::optional<BootTime> expires() const {
    return lifetime ? std::optional(taken + *lifetime) : std::nullopt;
  }
  bool operator==(const DelegatedPrefix&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const Lease& lease);
[[nodiscard]] nlohmann::json to_json(const DelegatedPrefix& delegated);
/// All but the link and the address (or prefix) may be missing.
[[nodiscard]] Result<Lease> lease_from_json(const nlohmann::json& json);
[[nodiscard]] Result<DelegatedPrefix> delegated_from_json(const nlohmann::json& json);

}  // namespace fairlead
