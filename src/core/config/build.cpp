#include "core/config/build.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/config/made_devices.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

constexpr std::uint64_t largest_weight = 255;

std::uint64_t whole_mbits(const Bitrate& rate) {
  return std::max<std::uint64_t>(1, (rate.bits_per_second + 500'000) / 1'000'000);
}

template <typename T>
void take(T& target, const Single<T>& source) {
  if (source.value) target = *source.value;
}

WebConfig build(const WebDraft& draft) {
  WebConfig web;
  if (draft.listen.given) web.listen.clear();
  for (const auto& item : draft.listen.items)
    if (item.value.port) web.listen.push_back({item.value.address, *item.value.port});
  take(web.token, draft.token);
  take(web.certificate, draft.certificate);
  take(web.key, draft.key);
  return web;
}

DhcpServerConfig build(const DhcpDraft& draft) {
  DhcpServerConfig dhcp;
  dhcp.ranges = draft.ranges.values();
  take(dhcp.lease, draft.lease);
  dhcp.dns = draft.dns.values();
  for (const auto& [lease, where] : draft.statics.value_or({})) dhcp.statics.push_back(lease);
  take(dhcp.domain, draft.domain);
  take(dhcp.options, draft.options);
  return dhcp;
}

LanConfig build(const LanDraft& draft) {
  LanConfig lan;
  lan.name = draft.name;
  lan.interface = device_of(draft);
  if (draft.vlan.value) lan.vlan = Vlan{draft.interface.value_or(""), *draft.vlan.value};
  lan.ports = draft.ports.values();
  lan.addresses = draft.addresses.values();
  lan.reach = draft.reach.values();
  lan.helpers = draft.helpers.values();
  take(lan.advertise, draft.advertise);
  if (draft.dhcp.value) lan.dhcp = build(*draft.dhcp.value);
  lan.where = draft.where;
  return lan;
}

void take(HealthConfig& health, const HealthDraft& draft) {
  if (draft.probes.given) health.probes = draft.probes.values();
  if (draft.targets.given) {
    health.targets.clear();
    health.ask_gateway = draft.targets.has(std::nullopt);
    for (const auto& target : draft.targets.values())
      if (target) health.targets.push_back(*target);
  }
  take(health.interval, draft.interval);
  take(health.timeout, draft.timeout);
  take(health.down_after, draft.down_after);
  take(health.up_after, draft.up_after);
  take(health.max_loss, draft.max_loss);
  take(health.max_latency, draft.max_latency);
  take(health.connections, draft.connections);
  take(health.dampen, draft.dampen);
}

WanConfig build(const WanDraft& draft, int weight, const HealthDraft& health) {
  WanConfig wan;
  wan.name = draft.name;
  wan.interface = device_of(draft);
  if (draft.vlan.value) wan.vlan = Vlan{draft.interface.value_or(""), *draft.vlan.value};
  wan.addresses = draft.addresses.values();
  take(wan.dhcp, draft.dhcp);
  const bool static_ipv6 =
      std::ranges::any_of(wan.addresses, [](const Prefix& own) { return own.family() == Family::v6; });
  if ((wan.dhcp || draft.delegate.given) && !static_ipv6) wan.ipv6 = Ipv6Mode::ra;
  take(wan.ipv6, draft.ipv6);
  take(wan.delegate, draft.delegate);
  wan.gateways = draft.gateways.values();
  wan.weight = weight;
  take(wan.tier, draft.tier);
  wan.bandwidth = draft.bandwidth.value;
  take(wan.prefix_translation, draft.prefix_translation);
  wan.prefix = draft.prefix.value;
  wan.health.targets = HealthConfig::default_targets();
  take(wan.health, health);
  if (draft.health.value) take(wan.health, *draft.health.value);
  take(wan.failback, draft.failback);
  wan.where = draft.where;
  return wan;
}

/// Where the file tells what every uplink can carry and wishes no shares of its own, load is the better guide.
BalanceMethod method_for(const std::vector<WanDraft>& wans) {
  const bool by_load = wans.size() > 1 && std::ranges::all_of(wans, [](const WanDraft& wan) {
                         return wan.bandwidth.value && !wan.weight.value;
                       });
  return by_load ? BalanceMethod::least_loaded : BalanceMethod::weighted_round_robin;
}

BalanceConfig build(const BalanceDraft& draft, const std::vector<WanDraft>& wans) {
  BalanceConfig balance;
  balance.method = method_for(wans);
  take(balance.method, draft.method);
  if (draft.persist.value) {
    Persist persist;
    take(persist.by, draft.persist.value->by);
    take(persist.lifetime, draft.persist.value->lifetime);
    balance.persist = persist;
  }
  return balance;
}

PolicyConfig build(const PolicyDraft& draft, std::size_t number) {
  PolicyConfig policy;
  policy.name = label(draft.name, "policy", number);
  policy.lans = draft.lans.values();
  policy.sources = draft.sources.values();
  policy.destinations = draft.destinations.values();
  policy.protocols = protocols_of(draft);
  policy.ports = draft.ports.values();
  policy.lowest_latency = draft.use.has(UplinkChoice::lowest_latency);
  policy.least_loaded = draft.use.has(UplinkChoice::least_loaded);
  if (!policy.lowest_latency && !policy.least_loaded) policy.use = draft.use.values();
  take(policy.balance, draft.balance);
  take(policy.otherwise, draft.otherwise);
  policy.where = draft.where;
  return policy;
}

AllowConfig build(const AllowDraft& draft, std::size_t number) {
  return {label(draft.name, "allow", number),
          protocols_of(draft),
          draft.ports.values(),
          draft.sources.values(),
          draft.wans.values(),
          draft.where};
}

FirewallConfig build(const FirewallDraft& draft) {
  FirewallConfig firewall;
  take(firewall.ping, draft.ping);
  take(firewall.syn_limit, draft.syn_limit);
  take(firewall.refuse, draft.refuse);
  take(firewall.log, draft.log);
  take(firewall.bogons, draft.bogons);
  for (const auto& allow : draft.allow) firewall.allow.push_back(build(allow, firewall.allow.size() + 1));
  return firewall;
}

ForwardConfig build(const ForwardDraft& draft, std::size_t number) {
  ForwardConfig forward;
  forward.name = label(draft.name, "forward", number);
  forward.protocols = protocols_of(draft);
  take(forward.port, draft.port);
  if (draft.to.value) {
    forward.to = draft.to.value->address;
    // The same port named once more is no translation.
    if (draft.to.value->port != forward.port.first) forward.to_port = draft.to.value->port;
  }
  forward.wans = draft.wans.values();
  forward.where = draft.where;
  return forward;
}

HaConfig build(const HaDraft& draft) {
  HaConfig ha;
  take(ha.priority, draft.priority);
  take(ha.interface, draft.interface);
  take(ha.address, draft.address);
  take(ha.peer, draft.peer);
  take(ha.advert, draft.advert);
  take(ha.preempt, draft.preempt);
  for (const auto& [own, where] : draft.own.value_or({})) ha.own.push_back(own);
  ha.where = draft.where;
  return ha;
}

}  // namespace

std::string label(const Single<std::string>& name, const char* what, std::size_t number) {
  return name.value ? *name.value : std::string(what) + " " + std::to_string(number);
}

std::vector<Protocol> protocols_of(const PolicyDraft& policy) {
  if (policy.protocols.given || !policy.ports.given) return policy.protocols.values();
  return {tcp, udp};
}

std::vector<Protocol> protocols_of(const AllowDraft& allow) {
  return allow.protocols.given ? allow.protocols.values() : std::vector{tcp};
}

std::vector<Protocol> protocols_of(const ForwardDraft& forward) {
  return forward.protocols.given ? forward.protocols.values() : std::vector{tcp};
}

std::vector<int> weights(const std::vector<WanDraft>& wans) {
  std::uint64_t divisor = 0;
  std::uint64_t largest = 0;
  const auto rate_of = [](const WanDraft& wan) -> std::optional<std::uint64_t> {
    const auto& bandwidth = wan.bandwidth.value;
    if (wan.weight.value || !bandwidth) return std::nullopt;
    return whole_mbits(bandwidth->down);
  };
  for (const auto& wan : wans)
    if (const auto rate = rate_of(wan)) {
      divisor = std::gcd(divisor, *rate);
      largest = std::max(largest, *rate);
    }
  std::vector<int> result;
  for (const auto& wan : wans) {
    const auto rate = rate_of(wan);
    if (!rate) {
      result.push_back(wan.weight.value_or(1));
      continue;
    }
    const bool fits = largest / divisor <= largest_weight;
    const auto scaled = fits ? *rate / divisor : (*rate * largest_weight + largest / 2) / largest;
    result.push_back(static_cast<int>(std::max<std::uint64_t>(1, scaled)));
  }
  return result;
}

Config build(const FileDraft& draft) {
  Config config;
  take(config.router.name, draft.router.name);
  take(config.router.hook, draft.router.hook);
  take(config.router.offload, draft.router.offload);
  if (draft.router.web.value) config.router.web = build(*draft.router.web.value);
  if (draft.router.mark_mask.value) config.router.mark_mask = MarkMask(*draft.router.mark_mask.value);
  for (const auto& lan : draft.lans) config.lans.push_back(build(lan));
  const auto all_weights = weights(draft.wans);
  for (const auto& wan : draft.wans) config.wans.push_back(build(wan, all_weights[config.wans.size()], draft.health));
  config.balance = build(draft.balance, draft.wans);
  for (const auto& policy : draft.policies) config.policies.push_back(build(policy, config.policies.size() + 1));
  config.firewall = build(draft.firewall);
  for (const auto& forward : draft.forwards) config.forwards.push_back(build(forward, config.forwards.size() + 1));
  if (draft.ha) {
    config.ha = build(*draft.ha);
    for (auto& wan : config.wans)
      if (wan.dhcp) wan.shared_on = std::exchange(wan.interface, shared_device(wan.interface));
  }
  return config;
}

}  // namespace fairlead::config
