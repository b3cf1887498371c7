#pragma once
// Purpose: what the kernel says of the machine, as far as compiling needs it: devices, addresses, and the main
// table's routes (from which gateways are discovered), what DHCP servers lent, and the role in a pair. Nothing that
// Fairlead itself made is a fact, except the addresses it set. Read by sys/netlink, or from JSON (`fairlead plan
// --facts FILE`).
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/ip.hpp"
#include "core/model/lease.hpp"
#include "core/model/pair.hpp"

namespace fairlead {

struct LinkFact {
  std::string name;
  IfIndex index;
  bool up = false;              ///< administratively (IFF_UP)
  bool carrier = false;         ///< IFF_LOWER_UP
  bool point_to_point = false;  ///< IFF_POINTOPOINT: needs no gateway address
  bool accepts_ra = false;      ///< the kernel takes router advertisements here (sysctl accept_ra is not 0)
  bool carries_flows = false;   ///< forwards a flowtable's connections itself; asked only where the file wants that
  std::uint32_t mtu = 1500;
  std::string mac;  ///< "02:00:00:00:00:01"; empty: it has none
  bool operator==(const LinkFact&) const = default;
};

struct AddressFact {
  std::string link;
  Prefix address;      ///< with host bits
  bool global = true;  ///< scope universe, neither link-local nor loopback
  bool usable = true;  ///< neither tentative, deprecated nor a failed duplicate
  bool ours = false;   ///< set by Fairlead (IFA_PROTO)
  bool operator==(const AddressFact&) const = default;
};

/// A unicast route of the main table; one entry a next hop.
struct RouteFact {
  Prefix destination;
  std::string link;
  std::optional<IpAddress> gateway;
  std::uint32_t metric = 0;
  bool operator==(const RouteFact&) const = default;
};

struct Facts {
  std::vector<LinkFact> links;
  std::vector<AddressFact> addresses;
  std::vector<RouteFact> routes;  ///< in the kernel's order: of equal metrics the first wins
  std::vector<Lease> leases;      ///< those that are valid now, one a device
  std::vector<DelegatedPrefix> delegated;
  std::map<std::string, std::string> dhcp_problems;  ///< device → why its DHCP client does not work
  bool runs_programs = false;                        ///< the kernel takes our eBPF programs
  std::string programs_problem;                      ///< why not
  Role role = Role::active;                          ///< of a router that is one of a pair
  std::map<std::string, std::string> shared_macs;    ///< device of a pair's uplink by DHCP → the MAC address on both

  [[nodiscard]] const LinkFact* link(std::string_view name) const;
  [[nodiscard]] const Lease* lease(std::string_view link) const;
  [[nodiscard]] bool has_address(std::string_view link, const IpAddress& address) const;
  bool operator==(const Facts&) const = default;
};

/// The pair's addresses are on this router, set by keepalived: it was the active one when the facts were read.
[[nodiscard]] bool has_pair_addresses(const Config& config, const Facts& facts);

[[nodiscard]] nlohmann::json to_json(const Facts& facts);
[[nodiscard]] Result<Facts> facts_from_json(const nlohmann::json& json);

}  // namespace fairlead
