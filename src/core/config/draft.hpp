#pragma once
// Purpose: what was read, each value with its place, before the checks that look at more than one value. A value
// that was refused is remembered as given, so that no check complains about its consequences.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/config.hpp"

namespace fairlead::config {

/// The value of a key that takes one.
template <typename T>
struct Single {
  std::optional<T> value;
  Where where;  ///< of the value
  bool given = false;

  [[nodiscard]] bool broken() const { return given && !value; }
  [[nodiscard]] T value_or(T fallback) const { return value.value_or(std::move(fallback)); }
};

template <typename T>
struct Item {
  T value;
  Where where;
};

/// The values of a key that takes one or a list.
template <typename T>
struct Listed {
  std::vector<Item<T>> items;
  Where where;  ///< of the value or the list
  bool given = false;
  bool broken = false;  ///< one of them was refused

  [[nodiscard]] bool has(const T& value) const {
    return std::ranges::find(items, value, &Item<T>::value) != items.end();
  }
  [[nodiscard]] std::vector<T> values() const {
    std::vector<T> result;
    for (const auto& item : items) result.push_back(item.value);
    return result;
  }
};

/// Where a forward leads, or the page is served: an address, with or without a port.
struct Endpoint {
  IpAddress address;
  std::optional<std::uint16_t> port;
  bool operator==(const Endpoint&) const = default;
};

struct WebDraft {
  Listed<Endpoint> listen;  ///< without a port: nowhere
  Single<std::string> token;
  Single<std::string> certificate;
  Single<std::string> key;
};

struct RouterDraft {
  Single<std::string> name;
  Single<std::uint32_t> mark_mask;
  Single<std::string> hook;
  Single<Offload> offload;
  Single<WebDraft> web;
};

struct StaticLeaseDraft {
  StaticLease lease;
  Where where;
};

struct DhcpDraft {
  Listed<IpRange> ranges;
  Single<Duration> lease;
  Listed<IpAddress> dns;
  Single<std::vector<StaticLeaseDraft>> statics;
  Single<std::string> domain;
  Single<std::vector<DhcpOption>> options;
};

struct LanDraft {
  std::string name;
  Where where;
  Single<std::string> interface;
  Single<int> vlan;
  Listed<std::string> ports;  ///< of a bridge
  Listed<Prefix> addresses;
  Listed<std::string> reach;
  Single<DhcpDraft> dhcp;
  Listed<Helper> helpers;
  Single<bool> advertise;
};

struct BandwidthDraft {
  Single<Bitrate> down;
  Single<Bitrate> up;
};

struct HealthDraft {
  Listed<ProbeConfig> probes;
  Listed<std::optional<IpAddress>> targets;  ///< none: the gateway
  Single<Duration> interval;
  Single<Duration> timeout;
  Single<int> down_after;
  Single<int> up_after;
  Single<int> max_loss;
  Single<Duration> max_latency;
  Single<Fate> connections;
  Single<Duration> dampen;
};

struct WanDraft {
  std::string name;
  Where where;
  Single<std::string> interface;
  Single<int> vlan;
  Listed<Prefix> addresses;  ///< the static ones
  Single<bool> dhcp;         ///< "dhcp" is among the addresses
  Single<Ipv6Mode> ipv6;
  Listed<IpAddress> gateways;
  Single<int> weight;
  Single<int> tier;
  Single<Bandwidth> bandwidth;
  Single<bool> prefix_translation;
  Single<Prefix> prefix;
  Single<std::string> delegate;
  Single<HealthDraft> health;
  Single<Failback> failback;
};

struct PersistDraft {
  Single<PersistBy> by;
  Single<Duration> lifetime;
};

struct BalanceDraft {
  Single<BalanceMethod> method;
  Single<PersistDraft> persist;
};

struct PolicyDraft {
  Where where;
  Single<std::string> name;
  Listed<std::string> lans;
  Listed<IpRange> sources;
  Listed<IpRange> destinations;
  Listed<Protocol> protocols;
  Listed<PortRange> ports;
  Listed<std::string> use;
  Single<bool> balance;
  Single<Otherwise> otherwise;
};

struct AllowDraft {
  Where where;
  Single<std::string> name;
  Listed<Protocol> protocols;
  Listed<PortRange> ports;
  Listed<IpRange> sources;
  Listed<std::string> wans;
};

struct FirewallDraft {
  Single<bool> ping;
  Single<EventRate> syn_limit;
  Single<Refuse> refuse;
  Single<EventRate> log;
  Single<bool> bogons;
  std::vector<AllowDraft> allow;
};

struct ForwardDraft {
  Where where;
  Single<std::string> name;
  Listed<Protocol> protocols;
  Single<PortRange> port;
  Single<Endpoint> to;
  Listed<std::string> wans;
};

struct OwnAddressDraft {
  OwnAddress own;
  Where where;
};

struct HaDraft {
  Where where;
  Single<int> priority;
  Single<std::string> interface;
  Single<Prefix> address;
  Single<IpAddress> peer;
  Single<Duration> advert;
  Single<Preempt> preempt;
  Single<std::vector<OwnAddressDraft>> own;
};

struct FileDraft {
  RouterDraft router;
  std::vector<LanDraft> lans;
  std::vector<WanDraft> wans;
  bool lans_broken = false;  ///< one was refused as a whole and is not among them
  bool wans_broken = false;
  BalanceDraft balance;
  HealthDraft health;
  std::vector<PolicyDraft> policies;
  FirewallDraft firewall;
  std::vector<ForwardDraft> forwards;
  std::optional<HaDraft> ha;
};

/// "bank" or, without a name, "policy 3"; `number` counts from 1.
[[nodiscard]] std::string label(const Single<std::string>& name, const char* what, std::size_t number);

}  // namespace fairlead::config
