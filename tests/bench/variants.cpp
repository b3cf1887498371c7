#include "variants.hpp"

#include <fmt/format.h>

#include "core/compile/compile.hpp"
#include "core/plan/difference.hpp"
#include "daemon/kernel.hpp"
#include "sys/netns/netns.hpp"

namespace fairlead::bench {
namespace {

Result<void> on_router(const Network& network, const lab::Command& command, const std::string& input = "") {
  const auto done = network.router().must_run(command, input);
  return done ? Result<void>{} : std::unexpected(done.error());
}

Result<void> all_on_router(const Network& network, const std::vector<std::pair<lab::Command, std::string>>& commands) {
  for (const auto& [command, input] : commands)
    if (auto done = on_router(network, command, input); !done) return done;
  return {};
}

Variant floor() {
  return {names::floor, 3, 0, [](const Network& network) {
            return on_router(network, {"nft", "-f", "-"},
                             "table netdev door { chain in { type filter hook ingress device \"eth0\" priority 0; "
                             "ip protocol udp drop; }; }\n");
          }};
}

std::string multipath(int uplinks) {
  std::string text = "route add default";
  for (int n = 1; n <= uplinks; ++n) text += fmt::format(" nexthop via 100.64.{0}.1 dev eth{0}", n);
  return text + "\n";
}

Variant plain() {
  return {names::plain, 3, 1, [](const Network& network) {
            return all_on_router(network, {{{"sysctl", "-q", "-w", "net.ipv4.ip_forward=1"}, ""},
                                           {{"ip", "route", "add", "default", "via", "100.64.1.1"}, ""}});
          }};
}

/// What the kernel itself pays for many devices and next hops, to be told apart from what Fairlead adds.
Variant plain_multipath(int uplinks) {
  return {fmt::format("plain, multipath, {} uplinks", uplinks), uplinks, 3, [uplinks](const Network& network) {
            return all_on_router(
                network, {{{"sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv4.fib_multipath_hash_policy=1"}, ""},
                          {{"ip", "-batch", "-"}, multipath(uplinks)}});
          }};
}

constexpr int script_uplinks = 3;

/// The old scripts' rules, in the words of iptables-restore(8): marks saved and restored, stateful and SYN-flood
/// chains, masquerading.
std::string script_rules() {
  std::string mangle = "*mangle\n-A PREROUTING -j CONNMARK --restore-mark\n";
  std::string nat = "*nat\n";
  for (int n = 1; n <= script_uplinks; ++n) {
    mangle += fmt::format("-A PREROUTING -i eth{0} -m conntrack --ctstate NEW -j CONNMARK --set-mark {0}\n", n);
    mangle += fmt::format("-A POSTROUTING -o eth{0} -m conntrack --ctstate NEW -j CONNMARK --set-mark {0}\n", n);
    nat += fmt::format("-A POSTROUTING -o eth{} -j MASQUERADE\n", n);
  }
  const std::string filter =
      "*filter\n:INPUT DROP\n:FORWARD DROP\n:STATEFUL -\n:SYN-FLOOD -\n"
      "-A SYN-FLOOD -m limit --limit 1/s --limit-burst 4 -j RETURN\n-A SYN-FLOOD -j DROP\n"
      "-A STATEFUL -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n"
      "-A STATEFUL -m conntrack --ctstate NEW -i eth0 -j ACCEPT\n"
      "-A STATEFUL -p tcp --syn -j SYN-FLOOD\n-A STATEFUL -j DROP\n"
      "-A INPUT -i lo -j ACCEPT\n-A INPUT -j STATEFUL\n-A FORWARD -j STATEFUL\n";
  return mangle + "COMMIT\n" + nat + "COMMIT\n" + filter + "COMMIT\n";
}

std::string script_routes() {
  std::string text = multipath(script_uplinks);
  for (int n = 1; n <= script_uplinks; ++n)
    text += fmt::format(
        "route add default via 100.64.{0}.1 dev eth{0} table {0}\nrule add pref 10{0} fwmark {0} lookup {0}\n", n);
  return text;
}

Variant scripts() {
  return {names::scripts, script_uplinks, script_uplinks, [](const Network& network) {
            return all_on_router(network, {{{"sysctl", "-q", "-w", "net.ipv4.ip_forward=1"}, ""},
                                           {{"ip", "-batch", "-"}, script_routes()},
                                           {{"iptables-legacy-restore"}, script_rules()}});
          }};
}

Config config_of(int uplinks, int policies, int forwards) {
  Config config;
  LanConfig lan;
  lan.name = "lan";
  lan.interface = "eth0";
  config.lans.push_back(lan);
  for (int n = 1; n <= uplinks; ++n) {
    WanConfig wan;
    wan.name = fmt::format("wan{}", n);
    wan.interface = fmt::format("eth{}", n);
    wan.gateways = {*IpAddress::parse(fmt::format("100.64.{}.1", n))};
    config.wans.push_back(wan);
  }
  // Three shapes, none of which the packets match: every lookup is made, and fails.
  for (int n = 0; n < policies; ++n) {
    PolicyConfig policy;
    policy.use = {"wan1"};
    const auto host = IpRange::of(*Prefix::parse(fmt::format("203.0.{}.{}", n / 250, n % 250)));
    if (n % 3 != 2) policy.destinations = {host};
    if (n % 3 == 1) policy.protocols = {udp};
    if (n % 3 == 1) policy.ports = {{5000, 5000}};
    if (n % 3 == 2) policy.sources = {IpRange::of(*Prefix::parse(fmt::format("10.{}.{}.0/24", n / 250, n % 250)))};
    config.policies.push_back(policy);
  }
  for (int n = 0; n < forwards; ++n) {
    ForwardConfig forward;
    forward.protocols = {tcp, udp};
    forward.port = {static_cast<std::uint16_t>(1 + n), static_cast<std::uint16_t>(1 + n)};
    forward.to = *IpAddress::parse("192.168.1.2");
    config.forwards.push_back(forward);
  }
  return config;
}

/// Brings the router's kernel to what `config` wants.
Result<void> become(const Network& network, const Config& config) {
  return network.router().inside([&]() -> Result<void> {
    auto kernel = daemon::Kernel::open();
    if (!kernel) return std::unexpected(kernel.error());
    const auto facts = kernel->facts(config);
    if (!facts) return std::unexpected(facts.error());
    UplinkIds ids;
    ids.assign(config);
    const auto want = compile::compile(config, *facts, {}, ids).state;
    const auto have = kernel->observe(want);
    if (!have) return std::unexpected(have.error());
    return kernel->carry_out(plan::difference(want, *have));
  });
}

Variant fairlead(const char* name, int uplinks, int policies, int forwards) {
  return {name, uplinks, uplinks,
          [=](const Network& network) { return become(network, config_of(uplinks, policies, forwards)); }};
}

}  // namespace

std::vector<Variant> variants() {
  return {floor(),
          plain(),
          plain_multipath(3),
          plain_multipath(most_uplinks),
          scripts(),
          fairlead(names::ours, 3, 0, 0),
          fairlead(names::uplinks64, most_uplinks, 0, 0),
          fairlead(names::policies5000, 3, 5000, 0),
          fairlead(names::forwards5000, 3, 0, 5000)};
}

}  // namespace fairlead::bench
