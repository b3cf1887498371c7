#pragma once
// Purpose: the file's meaning as plain values, after every check has passed. Names that the file's keys have
// are the names here; a key's default is this struct's default, so the two cannot drift apart.
// The reference of all keys is docs/configuration.md.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/mark.hpp"
#include "base/units.hpp"

namespace fairlead {

/// A place in the file, counted from 1; 0 where something does not come from a file.
struct Where {
  int line = 0;
  int column = 0;
  bool operator==(const Where&) const = default;
};

struct WebListen {
  IpAddress address;
  std::uint16_t port = 0;
  bool operator==(const WebListen&) const = default;
};

/// The page, its JSON and the metrics; key `web`. See docs/page.md.
struct WebConfig {
  std::vector<WebListen> listen = loopback();  ///< empty: nowhere
  std::string token;                           ///< path of the file that holds it; empty: one of Fairlead's own
  std::string certificate;                     ///< path; empty: no TLS
  std::string key;                             ///< path; there where `certificate` is
  bool operator==(const WebConfig&) const = default;

  /// 127.0.0.1:8080
  static std::vector<WebListen> loopback();
};

/// How packets of established connections are forwarded. `automatic`: by eBPF where the kernel can, else by the normal
/// path.
enum class Offload : std::uint8_t { automatic, ebpf, flowtable, off };

struct RouterConfig {
  std::string name;  ///< empty: the host name
  Offload offload = Offload::automatic;
  MarkMask mark_mask;
  std::string hook;  ///< path of the program that is told of every change; empty: none
  WebConfig web;
  bool operator==(const RouterConfig&) const = default;
};

/// An 802.1Q VLAN of a trunk.
struct Vlan {
  std::string trunk;
  int id = 0;  ///< 1…4094
  bool operator==(const Vlan&) const = default;
};

/// A host that always gets the same address; one of each family at most.
struct StaticLease {
  std::string mac;  ///< "02:00:00:00:20:05", in lower case
  IpAddress address;
  bool operator==(const StaticLease&) const = default;
};

struct DhcpOption {
  std::string name;   ///< Kea's; which there are: core/config/dhcp_options.cpp
  std::string value;  ///< checked; of several, separated by commas
  bool operator==(const DhcpOption&) const = default;
};

/// The DHCP server of a LAN. With an IPv6 range there is a DHCPv6 server as well.
struct DhcpServerConfig {
  std::vector<IpRange> ranges;  ///< of both families
  Duration lease = std::chrono::hours(12);
  std::vector<IpAddress> dns;  ///< empty: the resolvers of the healthy uplinks
  std::vector<StaticLease> statics;
  std::string domain;
  std::vector<DhcpOption> options;
  bool operator==(const DhcpServerConfig&) const = default;

  [[nodiscard]] bool lends(Family family) const;
  /// Those of `dns`.
  [[nodiscard]] std::vector<IpAddress> resolvers(Family family) const;
};

/// A protocol that opens second connections, which connection tracking can be made to expect.
enum class Helper : std::uint8_t { ftp, sip, tftp, pptp, h323, irc };

struct LanConfig {
  std::string name;
  std::string interface;           ///< with `vlan` or `ports` a device that Fairlead makes
  std::optional<Vlan> vlan;        ///< that of `interface`
  std::vector<std::string> ports;  ///< devices that are joined to the bridge `interface`; key `bridge`
  std::vector<Prefix> addresses;   ///< with host bits; empty: what the system has set is kept and followed
  std::vector<std::string> reach;  ///< other LANs that hosts here may open connections to
  std::vector<Helper> helpers;     ///< of connections that hosts here open
  bool advertise = true;           ///< its IPv6 /64s by router advertisements, and this router with them
  std::optional<DhcpServerConfig> dhcp;
  Where where;
  bool operator==(const LanConfig&) const = default;
};

struct Bandwidth {
  Bitrate down;
  Bitrate up;
  bool operator==(const Bandwidth&) const = default;
};

/// How a target is asked.
struct ProbeConfig {
  enum class Kind : std::uint8_t { icmp, tcp, dns, http };
  Kind kind = Kind::icmp;
  std::uint16_t port = 0;  ///< of tcp
  std::string name;        ///< of dns: the name that is asked for; of http: the URL
  std::string body;        ///< what the answer must contain: of dns an address, of http a text; empty: nothing certain
  bool operator==(const ProbeConfig&) const = default;
};

/// As the file writes it: "icmp", "tcp:443", "dns:example.org=192.0.2.1", "http://example.org/#text".
[[nodiscard]] std::string to_text(const ProbeConfig& probe);

/// What becomes of the connections of an uplink that failed.
enum class Fate : std::uint8_t { reset, keep, forget };

struct HealthConfig {
  std::vector<ProbeConfig> probes = {ProbeConfig{}};
  std::vector<IpAddress> targets;
  bool ask_gateway = true;  ///< target "gateway"
  Duration interval = std::chrono::milliseconds(500);
  Duration timeout = std::chrono::milliseconds(500);
  int down_after = 3;  ///< rounds in which every target failed
  int up_after = 5;    ///< rounds in which one answered
  int max_loss = 20;   ///< percent
  Duration max_latency = std::chrono::milliseconds(400);
  Fate connections = Fate::reset;
  Duration dampen = std::chrono::seconds(60);
  bool operator==(const HealthConfig&) const = default;

  /// Public resolvers of three operators, in both families; an uplink is asked over those that it has.
  static std::vector<IpAddress> default_targets();
};

/// What becomes of the connections of an uplink when a better tier is back.
struct Failback {
  enum class Kind : std::uint8_t { keep, reset, drain };
  Kind kind = Kind::keep;
  Duration after{};  ///< of drain: until they are reset
  bool operator==(const Failback&) const = default;
};

/// Whether an uplink follows router advertisements.
enum class Ipv6Mode : std::uint8_t {
  system,  ///< the file says nothing: where the kernel took them before; with `address = "dhcp"` as `ra`
  ra,
  off  ///< no IPv6 over this uplink at all
};

struct WanConfig {
  std::string name;
  std::string interface;          ///< with `vlan` a device that Fairlead makes
  std::optional<Vlan> vlan;       ///< that of `interface`, or of `shared_on`
  std::string shared_on;          ///< of a pair with `dhcp`: the device under `interface`, which is made on it with a
                                  ///< MAC address that both routers share; else empty
  std::vector<Prefix> addresses;  ///< with host bits; empty, and no `dhcp`: what the system has set is followed
  bool dhcp = false;              ///< `address = "dhcp"`: the IPv4 address and gateway are a DHCP server's
  Ipv6Mode ipv6 = Ipv6Mode::system;
  std::string delegate;             ///< the LAN that gets the prefix delegated to this uplink; empty: none is asked for
  std::vector<IpAddress> gateways;  ///< at most one a family; none: discovered
  int weight = 1;                   ///< 1…255; already worked out from bandwidth where the file has no weight
  int tier = 1;                     ///< 1…9; the lowest tier with a healthy uplink is used
  std::optional<Bandwidth> bandwidth;
  bool prefix_translation = false;  ///< LAN prefixes ↔ `prefix`, 1:1 (RFC 6296), instead of one shared address
  std::optional<Prefix> prefix;     ///< IPv6 prefix that the provider routes to this router
  HealthConfig health;              ///< of `[health]`, with what this uplink overrides
  Failback failback;
  Where where;
  bool operator==(const WanConfig&) const = default;
};

enum class BalanceMethod : std::uint8_t {
  weighted_round_robin,
  source_hash,
  source_destination_hash,
  least_loaded,  ///< by capacity and active connections, at the arrival of each
  overflow       ///< the first in the file's order that has a place for one more
};

/// By a program at the door; where there is none, weighted round robin stands in.
[[nodiscard]] inline bool is_by_load(BalanceMethod method) {
  return method == BalanceMethod::least_loaded || method == BalanceMethod::overflow;
}

enum class PersistBy : std::uint8_t { source, source_destination };

struct Persist {
  PersistBy by = PersistBy::source_destination;
  Duration lifetime = std::chrono::minutes(10);  ///< since the latest new connection; key `for`
  bool operator==(const Persist&) const = default;
};

struct BalanceConfig {
  BalanceMethod method = BalanceMethod::weighted_round_robin;
  std::optional<Persist> persist;
  bool operator==(const BalanceConfig&) const = default;
};

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  [[nodiscard]] int size() const { return last - first + 1; }
  [[nodiscard]] bool overlaps(const PortRange& other) const { return first <= other.last && other.first <= last; }
  auto operator<=>(const PortRange&) const = default;
};

/// As the file and nft write it: "80" or "8000-8010".
[[nodiscard]] std::string to_text(const PortRange& range);

/// An IP protocol number (IANA); the file names tcp, udp, icmp, icmpv6, sctp, gre, esp, ah or a number.
struct Protocol {
  std::uint8_t number = 0;
  [[nodiscard]] bool has_ports() const { return number == 6 || number == 17 || number == 132; }
  auto operator<=>(const Protocol&) const = default;
};
inline constexpr Protocol tcp{6};
inline constexpr Protocol udp{17};

enum class Otherwise : std::uint8_t { any, reject };

/// Empty lists do not restrict. A packet matches when it matches one entry of every list.
struct PolicyConfig {
  std::string name;
  std::vector<std::string> lans;
  std::vector<IpRange> sources;
  std::vector<IpRange> destinations;
  std::vector<Protocol> protocols;
  std::vector<PortRange> ports;  ///< destination ports; then `protocols` holds only protocols with ports
  std::vector<std::string> use;  ///< uplinks, in order of preference; empty with `lowest_latency` and `least_loaded`
  bool balance = false;          ///< spread over all of `use` by weight instead of preferring the first
  bool least_loaded = false;     ///< of the active uplinks, by load, whatever `[balance]` says; with `use` empty
  bool lowest_latency = false;   ///< of the active uplinks, the one that answers probes soonest
  Otherwise otherwise = Otherwise::any;
  Where where;
  bool operator==(const PolicyConfig&) const = default;
};

enum class Refuse : std::uint8_t { reject, drop };

/// A service of the router itself that is open to the outside.
struct AllowConfig {
  std::string name;
  std::vector<Protocol> protocols;
  std::vector<PortRange> ports;   ///< empty only where no protocol has ports
  std::vector<IpRange> sources;   ///< empty: from everywhere
  std::vector<std::string> wans;  ///< empty: on every uplink
  Where where;
  bool operator==(const AllowConfig&) const = default;
};

struct FirewallConfig {
  bool ping = true;
  EventRate syn_limit{50, EventRate::Per::second};
  Refuse refuse = Refuse::reject;
  EventRate log{5, EventRate::Per::minute};
  bool bogons = true;
  std::vector<AllowConfig> allow;
  bool operator==(const FirewallConfig&) const = default;
};

struct ForwardConfig {
  std::string name;
  std::vector<Protocol> protocols;       ///< tcp, udp or both
  PortRange port;                        ///< as seen from outside
  IpAddress to;                          ///< a host in a LAN
  std::optional<std::uint16_t> to_port;  ///< the first port there; none: the same ports
  std::vector<std::string> wans;         ///< empty: any uplink
  Where where;
  bool operator==(const ForwardConfig&) const = default;
};

/// Whether the role goes back to the router with the higher priority when that returns.
struct Preempt {
  bool wanted = false;
  Duration after{};  ///< how long it must have been back
  bool operator==(const Preempt&) const = default;
};

/// An address that stays with this router of a pair.
struct OwnAddress {
  std::string of;  ///< the LAN or uplink
  Prefix address;  ///< with host bits
  bool operator==(const OwnAddress&) const = default;
};

/// This router is one of two. Addresses of LANs and uplinks belong to the pair, but for those of `own`.
struct HaConfig {
  int priority = 0;       ///< 1…254; the higher one is active while both are healthy
  std::string interface;  ///< the cable straight to the other router
  Prefix address;         ///< on that cable, with host bits
  IpAddress peer;         ///< the other router's
  Duration advert = std::chrono::milliseconds(100);
  Preempt preempt;
  std::vector<OwnAddress> own;
  Where where;
  bool operator==(const HaConfig&) const = default;
};

struct Config {
  RouterConfig router;
  std::vector<LanConfig> lans;  ///< in the file's order, like every list here
  std::vector<WanConfig> wans;
  BalanceConfig balance;
  std::vector<PolicyConfig> policies;
  FirewallConfig firewall;
  std::vector<ForwardConfig> forwards;
  std::optional<HaConfig> ha;
  bool operator==(const Config&) const = default;
};

}  // namespace fairlead
