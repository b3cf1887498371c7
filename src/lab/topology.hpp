#pragma once
// Purpose: what surrounds the router of a configuration, as values: hosts, cables, addresses, routes. Pure; lab.hpp
// builds it. The picture, for LAN "home" and uplink "cable1":
//
//   home-1 ─┐
//   home-2 ─┴─ sw-home ─── router ─── isp-cable1 ─── internet
//
// Every uplink has a provider of its own. Where the file says no addresses, the lab plays the operating system and
// gives some, with a default route for an uplink; what the file says is left for Fairlead to set, and what the file
// wants from DHCP or router advertisements the provider offers.
//
// A pair of routers, "left" and "right", has the same cables twice, into switches, and one more from one to the other:
//
//   home-1 ─┐           ┌─ left ──┬───────┐
//   home-2 ─┴─ sw-home ─┤    sw-sync      ├─ sw-cable1 ─── isp-cable1 ─── internet
//                       └─ right ─┴───────┘
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ip.hpp"
#include "base/units.hpp"
#include "core/model/config.hpp"

namespace fairlead::lab {

struct LabOptions {
  std::string name;       ///< letters and digits; namespaces are called fl-NAME-HOST
  int hosts_per_lan = 2;  ///< 1…100
  bool pair = false;      ///< two routers; see check_pair()
};

struct Interface {
  std::string name;
  std::vector<Prefix> addresses;  ///< those that the lab sets
  std::string bridge;             ///< the bridge of the same host that it is a port of; empty: none
  std::optional<Bitrate> rate;    ///< of what it sends
  std::optional<Vlan> vlan;       ///< it is made on another device of the same host; none: a cable ends here
  std::string mac;                ///< empty: the kernel chooses; routers of a pair keep theirs over a reboot
  bool operator==(const Interface&) const = default;
};

struct LabRoute {
  Prefix destination;
  std::optional<IpAddress> gateway;  ///< none: on the link
  std::string link;
  std::uint32_t metric = 0;
  bool onlink = false;
  std::optional<IpAddress> source;  ///< what the host calls itself that way; none: as the kernel finds
  bool operator==(const LabRoute&) const = default;
};

enum class Role : std::uint8_t {
  router,
  lan_switch,
  lan_host,
  provider,
  internet,
  uplink_switch,  ///< between the routers of a pair and a provider
  sync_switch     ///< between the routers of a pair: so that either can lose its carrier without touching its device
};

/// What a modem does to the router behind it, in one family.
struct Modem {
  IpAddress outside;                ///< everything that leaves has this address
  std::optional<IpAddress> inside;  ///< new connections to `outside` go here ("exposed host")
  bool operator==(const Modem&) const = default;
};

/// What a provider's server tells the router, instead of the file or the system.
struct Offers {
  std::optional<Prefix> lends;       ///< by DHCP: this address, with host bits
  std::optional<Prefix> advertises;  ///< by router advertisements: this prefix
  bool operator==(const Offers&) const = default;
  [[nodiscard]] bool any() const { return lends || advertises; }
};

struct LabHost {
  std::string name;
  Role role = Role::lan_host;
  std::string of;  ///< the LAN or uplink that it belongs to
  std::vector<Interface> interfaces;
  std::vector<LabRoute> routes;
  std::vector<std::string> bridges;
  std::vector<Modem> modems;
  Offers offers;

  [[nodiscard]] bool forwards() const { return role == Role::provider || role == Role::internet; }
  [[nodiscard]] const Interface* interface(std::string_view wanted) const;
  /// The first address that the lab gives it, loopback included; none without one of this family.
  [[nodiscard]] std::optional<IpAddress> address(Family family) const;
  bool operator==(const LabHost&) const = default;
};

struct CableEnd {
  std::string host;
  std::string interface;
  bool operator==(const CableEnd&) const = default;
};
struct Cable {
  CableEnd one;
  CableEnd other;
  bool operator==(const Cable&) const = default;
};

struct Topology {
  std::vector<LabHost> hosts;
  std::vector<Cable> cables;

  [[nodiscard]] const LabHost* host(std::string_view wanted) const;
  [[nodiscard]] std::vector<std::string> names() const;
  /// One, or the two of a pair.
  [[nodiscard]] std::vector<std::string> routers() const;
  /// The other ends of all cables of this host, that of the sync cable first.
  [[nodiscard]] std::vector<CableEnd> far_ends(std::string_view wanted) const;
  bool operator==(const Topology&) const = default;
};

/// The internet's servers: eight of each family, and the resolvers that are probed where a file names no targets.
[[nodiscard]] std::vector<IpAddress> internet_servers();

[[nodiscard]] Topology plan_topology(const Config& config, const LabOptions& options);

/// Whether a lab can have two routers of this configuration: it needs [ha], and bridges of several ports are not wired
/// for two.
[[nodiscard]] Result<void> check_pair(const Config& config);

/// Names of interfaces and hosts that tests and commands speak of.
namespace names {
inline constexpr const char* router = "router";
inline constexpr const char* left = "left";  ///< of a pair
inline constexpr const char* right = "right";
inline constexpr const char* sync = "sync";  ///< the cable between the two, and in "sw-sync" the switch in it
inline constexpr const char* internet = "internet";
inline constexpr const char* provider_down = "down";  ///< the provider's interface towards the router
inline constexpr const char* provider_up = "up";      ///< the provider's interface towards the internet
[[nodiscard]] std::string provider(std::string_view uplink);
/// Of a LAN, of an uplink of a pair, or of the sync cable.
[[nodiscard]] std::string switch_of(std::string_view name);
[[nodiscard]] std::string lan_host(std::string_view lan, int number);  ///< counted from 1
}  // namespace names

}  // namespace fairlead::lab
