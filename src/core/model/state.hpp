#pragma once
// Purpose: the kernel state that is ours, in one schema for the wanted and the present state, so that one
// printer, one difference and rollback serve both. Devices are named, not numbered: an index is only true
// until the device is made anew.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/ip.hpp"
#include "core/model/datapath.hpp"
#include "core/model/nft.hpp"

namespace fairlead {

/// The blocks of numbers that are ours; see docs/kernel.md.
namespace ours {
inline constexpr std::uint8_t route_protocol = 70;  ///< rtm_protocol, FRA_PROTOCOL and IFA_PROTO
inline constexpr std::uint32_t table_base = 7000;   ///< 7000: balance; 7000 + id: the uplink's
inline constexpr std::uint32_t table_last = 7127;   ///< no way out: for packets without an uplink
inline constexpr std::uint32_t rule_first = 20000;  ///< rule priorities
inline constexpr std::uint32_t rule_last = 20999;
inline constexpr std::uint32_t unreachable_metric = 100000;
inline constexpr std::uint32_t device_group = 7000;  ///< IFLA_GROUP of devices that we make
/// With its last IPv4 address a device loses all its routes, so those of a pair of routers keep this one while the
/// other router has the rest: the dummy address of RFC 7600, of scope host: nothing is ever sent from it.
[[nodiscard]] Prefix anchor_address();
}  // namespace ours

/// A device that is made: a bridge, an 802.1Q VLAN, or a macvlan with a MAC address of its own.
struct DeviceState {
  std::string name;
  std::string trunk;  ///< the device that it stands on; empty for a bridge
  int vlan = 0;       ///< id of a VLAN, else 0
  std::string mac;    ///< "02:00:5e:10:00:01" of a macvlan, else empty
  [[nodiscard]] bool is_bridge() const { return trunk.empty(); }
  [[nodiscard]] bool is_macvlan() const { return !mac.empty(); }
  auto operator<=>(const DeviceState&) const = default;
};

struct PortState {
  std::string link;
  std::string bridge;
  auto operator<=>(const PortState&) const = default;
};

struct AddressState {
  std::string link;
  Prefix address;  ///< with host bits; set with noprefixroute
  auto operator<=>(const AddressState&) const = default;
};

struct Nexthop {
  std::string link;
  std::optional<IpAddress> gateway;  ///< none: the destination is on the link
  int weight = 1;                    ///< 1…256, only meaningful beside other next hops
  bool onlink = false;               ///< the gateway is reached on the link though no prefix covers it
  auto operator<=>(const Nexthop&) const = default;
};

/// Identified in the kernel by destination, table and metric. No next hop: unreachable.
struct RouteState {
  TableId table;
  Prefix destination;
  std::uint32_t metric = 0;
  std::optional<IpAddress> source;  ///< preferred source address
  std::vector<Nexthop> nexthops;
  auto operator<=>(const RouteState&) const = default;
};

/// A routing rule. Selectors that are not set match everything.
struct RuleState {
  Family family = Family::v4;
  std::uint32_t priority = 0;
  std::optional<std::uint32_t> mark;  ///< compared under mark_mask
  std::uint32_t mark_mask = 0;
  std::string output_link;  ///< FRA_OIFNAME: sockets bound to the device
  std::optional<Prefix> source;
  std::optional<TableId> table;        ///< lookup; exactly one of table and go_to is set
  std::optional<std::uint32_t> go_to;  ///< FRA_GOTO: on to the rule of this priority
  bool suppress_default = false;       ///< FRA_SUPPRESS_PREFIXLEN 0
  auto operator<=>(const RuleState&) const = default;
};

/// Every list is sorted and without doubles.
struct State {
  std::map<std::string, std::string> sysctls;  ///< path below /proc/sys → value; only those that we care for
  std::vector<DeviceState> devices;            ///< those that we make
  std::vector<PortState> ports;                ///< of bridges
  std::vector<std::string> links_up;           ///< devices that must be administratively up
  std::vector<std::string> links_down;         ///< devices that must be administratively down
  std::vector<AddressState> addresses;
  std::vector<RouteState> routes;
  std::vector<RuleState> rules;
  nft::Table nft;
  std::optional<DatapathState> datapath;  ///< none: no programs
  std::vector<DoorState> doors;           ///< only with `datapath`

  bool operator==(const State&) const = default;
};

/// The same, as observed. Addresses: all on devices of the file, with what is not ours marked as foreign.
struct ObservedState {
  std::map<std::string, std::string> sysctls;
  std::vector<DeviceState> devices;             ///< ours
  std::vector<DeviceState> foreign_devices;     ///< of others: satisfy a wish, are never removed
  std::vector<PortState> ports;                 ///< of any bridge
  std::vector<std::string> links_up;            ///< those of the devices asked for
  std::vector<AddressState> addresses;          ///< ours
  std::vector<AddressState> foreign_addresses;  ///< present, but set by others: satisfy a wish, are never removed
  std::vector<RouteState> routes;
  std::vector<RuleState> rules;
  std::optional<nft::ObservedTable> nft;  ///< none: there is no such table
  std::optional<DatapathState> datapath;
  std::vector<DoorState> doors;  ///< of any device

  bool operator==(const ObservedState&) const = default;
};

/// What would be observed if `state` had been carried out on an empty machine.
[[nodiscard]] ObservedState observed(const State& state);

}  // namespace fairlead
