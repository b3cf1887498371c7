#include "other_routers.hpp"

#include <fmt/format.h>

namespace fairlead::bench {
namespace {

constexpr const char* forward_ipv4 = "net.ipv4.ip_forward=1";

Result<void> all_on_router(const Network& network, const std::vector<std::pair<lab::Command, std::string>>& commands) {
  for (const auto& [command, input] : commands)
    if (auto done = network.router().must_run(command, input); !done) return std::unexpected(done.error());
  return {};
}

/// By the kernel, over the first uplink.
Result<void> forward_plainly(const Network& network) {
  return all_on_router(network, {{{"sysctl", "-q", "-w", forward_ipv4}, ""},
                                 {{"ip", "route", "add", "default", "via", "100.64.1.1"}, ""}});
}

/// Marks of uplinks, by their number from 1.
using Mark = int (*)(int uplink);

/// A table for each uplink, found by its mark.
std::string tables(int uplinks, Mark mark, const std::string& mask) {
  std::string text;
  for (int n = 1; n <= uplinks; ++n)
    text += fmt::format(
        "route add default via 100.64.{0}.1 dev eth{0} table {0}\nroute add 192.168.1.0/24 dev eth0 table {0}\nrule "
        "add pref {1} fwmark {2:#x}{3} lookup {0}\n",
        n, 2000 + n, mark(n), mask);
  return text;
}

std::string multipath(int uplinks) {
  std::string text = "route add default";
  for (int n = 1; n <= uplinks; ++n) text += fmt::format(" nexthop via 100.64.{0}.1 dev eth{0}", n);
  return text + "\n";
}

constexpr int script_uplinks = 3;

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

int script_mark(int uplink) { return uplink; }
int member_mark(int uplink) { return uplink << 8; }
int vyos_mark(int uplink) { return 0xc8 + uplink; }

constexpr const char* unmarked = "-m mark --mark 0x0/0x3f00";

/// What arrives by an uplink gets its mark; what goes to a connected network gets one that means "as main says".
std::string member_chains(int uplinks) {
  auto text = fmt::format("-A HOOK {0} -j MEMBERS\n-A HOOK {0} -j CONNECTED\n", unmarked);
  text += "-A CONNECTED -d 192.168.1.0/24 -j MARK --set-xmark 0x3f00/0x3f00\n";
  for (int n = 1; n <= uplinks; ++n) {
    text += fmt::format("-A CONNECTED -d 100.64.{}.0/24 -j MARK --set-xmark 0x3f00/0x3f00\n", n);
    text += fmt::format("-A MEMBERS {1} -j IN{0}\n", n, unmarked);
    text += fmt::format("-A IN{0} -i eth{0} -s 100.64.{0}.0/24 {1} -j MARK --set-xmark 0x3f00/0x3f00\n", n, unmarked);
    text += fmt::format("-A IN{0} -i eth{0} {1} -j MARK --set-xmark {2:#x}/0x3f00\n", n, unmarked, member_mark(n));
  }
  return text;
}

/// Each member draws from what those before it have left.
std::string policy_chain(int uplinks) {
  std::string text;
  for (int n = 1; n < uplinks; ++n)
    text +=
        fmt::format("-A BALANCED {} -m statistic --mode random --probability {:.6f} -j MARK --set-xmark {:#x}/0x3f00\n",
                    unmarked, 1.0 / (uplinks - n + 1), member_mark(n));
  return text + fmt::format("-A BALANCED {} -j MARK --set-xmark {:#x}/0x3f00\n", unmarked, member_mark(uplinks));
}

std::string mwan3_rules(int uplinks) {
  std::string text = "*mangle\n:HOOK -\n:MEMBERS -\n:CONNECTED -\n:BALANCED -\n:ONLY1 -\n:RULES -\n";
  for (int n = 1; n <= uplinks; ++n) text += fmt::format(":IN{} -\n", n);
  text +=
      "-A PREROUTING -j HOOK\n-A OUTPUT -j HOOK\n"
      "-A HOOK -m mark --mark 0x0/0x3f00 -j CONNMARK --restore-mark --nfmask 0x3f00 --ctmask 0x3f00\n";
  text += member_chains(uplinks);
  text += fmt::format("-A HOOK {} -j RULES\n", unmarked);
  text += "-A HOOK -j CONNMARK --save-mark --nfmask 0x3f00 --ctmask 0x3f00\n";
  text += "-A HOOK -m mark ! --mark 0x3f00/0x3f00 -j CONNECTED\n";
  text += fmt::format("-A ONLY1 {} -j MARK --set-xmark {:#x}/0x3f00\n", unmarked, member_mark(1));
  text += fmt::format("-A RULES -p tcp --dport 443 {} -j ONLY1\n", unmarked);
  text += fmt::format("-A RULES -d 203.0.113.0/24 {} -j ONLY1\n", unmarked);
  text += fmt::format("-A RULES {} -j BALANCED\n", unmarked) + policy_chain(uplinks) + "COMMIT\n*nat\n";
  for (int n = 1; n <= uplinks; ++n) text += fmt::format("-A POSTROUTING -o eth{} -j MASQUERADE\n", n);
  return text +
         "COMMIT\n*filter\n:INPUT DROP\n:FORWARD DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
         "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -i eth0 -j ACCEPT\nCOMMIT\n";
}

std::string vyos_rules(int uplinks) {
  std::string chains;
  std::string nat;
  std::string members;
  for (int n = 1; n <= uplinks; ++n) {
    const int mark = vyos_mark(n);
    nat += fmt::format("ct mark {0:#x} oifname \"eth{1}\" counter snat to 100.64.{1}.2\n", mark, n);
    chains += fmt::format("chain isp_eth{0} {{ meta mark set {1:#x} ct mark set {1:#x} counter accept; }}\n", n, mark);
    members += fmt::format("{}{} : jump isp_eth{}", n > 1 ? ", " : "", n - 1, n);
  }
  const std::string rules = fmt::format(
      "iifname \"eth0\" ip daddr 203.0.113.0/24 counter return\n"
      "iifname \"eth0\" tcp dport 443 ct state new counter numgen random mod 1 vmap {{ 0 : jump isp_eth1 }}\n"
      "iifname \"eth0\" tcp dport 443 counter meta mark set ct mark\n"
      "iifname \"eth0\" ct state new counter numgen random mod {} vmap {{ {} }}\n"
      "iifname \"eth0\" counter meta mark set ct mark\n",
      uplinks, members);
  return chains.insert(0, "table ip balance {\n") +
         "chain nat { type nat hook postrouting priority 99; policy accept;\n" + nat +
         "}\nchain mangle { type filter hook prerouting priority -150; policy accept;\n" + rules + "}\n}\n" +
         "table ip filter {\nchain state { ct state established counter accept\nct state related counter accept\n"
         "ct state invalid counter drop\nreturn; }\n"
         "chain forward { type filter hook forward priority 0; policy drop; jump state\niifname \"eth0\" counter "
         "accept; }\n"
         "chain input { type filter hook input priority 0; policy drop; jump state; }\n}\n";
}

}  // namespace

Variant plain() { return {names::plain, 3, 1, 0, forward_plainly}; }

Variant bare_redirect() {
  return {names::redirect, 3, 1, 0, [](const Network& network) {
            const auto done =
                all_on_router(network, {{{"tc", "qdisc", "add", "dev", "eth0", "clsact"}, ""},
                                        {{"tc", "filter", "add", "dev", "eth0", "ingress", "bpf", "direct-action",
                                          "object-file", REDIRECT_PROGRAM, "section", "tc"},
                                         ""}});
            // The way back, for what must be answered.
            return done ? forward_plainly(network) : done;
          }};
}

Variant bare_xdp_redirect() {
  const auto attached = [](const char* device, const char* section) {
    return lab::Command{"ip", "link", "set", "dev", device, "xdpdrv", "object", REDIRECT_PROGRAM, "section", section};
  };
  return {names::xdp, 3, 1, 0, [attached](const Network& network) -> Result<void> {
            if (auto done = network.sink().must_run(attached("p1", "xdp/sink")); !done)
              return std::unexpected(done.error());
            if (auto done = network.router().must_run(attached("eth0", "xdp")); !done)
              return std::unexpected(done.error());
            return forward_plainly(network);
          }};
}

Variant one_masquerade() {
  return {names::masquerade, 3, 1, 0, [](const Network& network) -> Result<void> {
            if (auto done = forward_plainly(network); !done) return done;
            return all_on_router(network, {{{"nft", "-f", "-"},
                                            "table ip one { chain nat { type nat hook postrouting priority 100; "
                                            "oifname \"eth1\" masquerade; }; }\n"}});
          }};
}

Variant scripts() {
  return {names::scripts, script_uplinks, script_uplinks, 0, [](const Network& network) {
            return all_on_router(
                network, {{{"sysctl", "-q", "-w", forward_ipv4}, ""},
                          {{"ip", "-batch", "-"}, multipath(script_uplinks) + tables(script_uplinks, script_mark, "")},
                          {{"iptables-legacy-restore"}, script_rules()}});
          }};
}

Variant mwan3_shape(const std::string& name, int uplinks) {
  return {name, uplinks, uplinks, 0, [uplinks](const Network& network) {
            return all_on_router(network,
                                 {{{"sysctl", "-q", "-w", forward_ipv4}, ""},
                                  {{"ip", "-batch", "-"}, multipath(1) + tables(uplinks, member_mark, "/0x3f00")},
                                  {{"iptables-legacy-restore"}, mwan3_rules(uplinks)}});
          }};
}

Variant vyos_shape(const std::string& name, int uplinks) {
  return {name, uplinks, uplinks, 0, [uplinks](const Network& network) {
            return all_on_router(network, {{{"sysctl", "-q", "-w", forward_ipv4}, ""},
                                           {{"ip", "-batch", "-"}, multipath(1) + tables(uplinks, vyos_mark, "")},
                                           {{"nft", "-f", "-"}, vyos_rules(uplinks)}});
          }};
}

}  // namespace fairlead::bench
