#include "sys/nft/features.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "sys/nft/context.hpp"

namespace fairlead::sys {
namespace {

constexpr const char* filter_hook = "type filter hook input priority 0; ";

// The probes name a table of their own, which never comes to be.
constexpr std::array table{
    Feature{"NF_TABLES", "nf_tables", "everything in the table `inet fairlead`", "", "table ip fairlead-probe {}"},
    Feature{"NF_TABLES_INET", "nf_tables", "one table for IPv4 and IPv6", "", "table inet fairlead-probe {}"},
    Feature{"NFT_CT", "nft_ct", "known connections keep their uplink", "ct ", "ct state new"},
    Feature{"NF_CONNTRACK_MARK", "nf_conntrack", "the uplink of a connection is its mark", "ct mark", "ct mark 1"},
    Feature{"NFT_NUMGEN", "nft_numgen", "drawing the uplink of a new connection", "numgen ",
            "meta mark set numgen inc mod 2"},
    Feature{"NFT_HASH", "nft_hash", "drawing by addresses; IPv6 `persist` by source and destination", "jhash ",
            "meta mark set jhash ip saddr mod 2"},
    Feature{"NFT_NAT", "nf_nat, nft_chain_nat, nft_nat", "source and destination NAT", "type nat ",
            "type nat hook postrouting priority 100; snat ip to 192.0.2.1"},
    Feature{"NFT_MASQ", "nft_masq", "hairpin: LAN hosts that use a forward", "masquerade",
            "type nat hook postrouting priority 100; masquerade"},
    Feature{"NFT_FIB_INET", "nft_fib_inet, nft_fib_ipv4, nft_fib_ipv6",
            "reverse path checks; other routes before policies that may refuse", "fib ", "fib daddr type local"},
    Feature{"NFT_SOCKET", "nft_socket, nf_socket_ipv4, nf_socket_ipv6", "answers of the router's unbound UDP services",
            "socket ", "socket wildcard 1"},
    Feature{"NFT_REJECT_INET", "nft_reject_inet, nf_reject_ipv4, nf_reject_ipv6", "refusal with an answer", "reject ",
            "reject with icmpx port-unreachable"},
    Feature{"NFT_LIMIT", "nft_limit", "rate limits", "limit rate", "limit rate 1/second"},
    Feature{"NFT_LOG, NF_LOG_SYSLOG", "nft_log, nf_log_syslog", "the log of what is dropped", "log prefix",
            "log prefix \"probe\""},
};

constexpr const char* needed_by = "`helpers`";
constexpr std::array flowtable_table{
    Feature{"NF_FLOW_TABLE, NF_FLOW_TABLE_INET, NFT_FLOW_OFFLOAD",
            "nf_flow_table, nf_flow_table_inet, nft_flow_offload", "`offload = \"flowtable\"`; \"auto\" does without",
            "flowtable ", "flowtable probe { hook ingress priority 0; }"},
};

constexpr std::array helper_table{
    Feature{"NF_CONNTRACK_FTP, NF_NAT_FTP", "nf_conntrack_ftp, nf_nat_ftp", needed_by, "type \"ftp\"",
            "ct helper probe { type \"ftp\" protocol tcp; }"},
    Feature{"NF_CONNTRACK_SIP, NF_NAT_SIP", "nf_conntrack_sip, nf_nat_sip", needed_by, "type \"sip\"",
            "ct helper probe { type \"sip\" protocol udp; }"},
    Feature{"NF_CONNTRACK_TFTP, NF_NAT_TFTP", "nf_conntrack_tftp, nf_nat_tftp", needed_by, "type \"tftp\"",
            "ct helper probe { type \"tftp\" protocol udp; }"},
    Feature{"NF_CONNTRACK_PPTP, NF_NAT_PPTP", "nf_conntrack_pptp, nf_nat_pptp", needed_by, "type \"pptp\"",
            "ct helper probe { type \"pptp\" protocol tcp; }"},
    Feature{"NF_CONNTRACK_H323, NF_NAT_H323", "nf_conntrack_h323, nf_nat_h323", needed_by, "type \"Q.931\"",
            "ct helper probe { type \"Q.931\" protocol tcp; }"},
    Feature{"NF_CONNTRACK_IRC, NF_NAT_IRC", "nf_conntrack_irc, nf_nat_irc", needed_by, "type \"irc\"",
            "ct helper probe { type \"irc\" protocol tcp; }"},
};

std::string script_of(const Feature& feature) {
  std::string probe = feature.probe;
  if (probe.starts_with("table ")) return probe;
  if (probe.starts_with("ct helper ") || probe.starts_with("flowtable "))
    return fmt::format("table inet fairlead-probe {{\n\t{}\n}}\n", probe);
  return fmt::format("table inet fairlead-probe {{\n\tchain probe {{\n\t\t{}{}\n\t}}\n}}\n",
                     probe.starts_with("type ") ? "" : filter_hook, probe);
}

bool is_there(const Feature& feature) { return would_take(script_of(feature)); }

}  // namespace

std::span<const Feature> features() { return table; }
std::span<const Feature> helper_features() { return helper_table; }

std::vector<const Feature*> missing_features(std::string_view script) {
  std::vector<const Feature*> missing;
  const auto look = [&](const Feature& feature) {
    if (!script.contains(feature.word) || is_there(feature)) return true;
    missing.push_back(&feature);
    return !std::string_view(feature.word).empty();  // without the first nothing of the rest can be tried
  };
  for (const auto& feature : table)
    if (!look(feature)) return missing;
  for (const auto& feature : helper_table) look(feature);
  for (const auto& feature : flowtable_table) look(feature);
  return missing;
}

std::string to_text(const std::vector<const Feature*>& missing) {
  std::vector<std::string> lines;
  std::vector<std::string> modules;
  for (const auto* feature : missing) {
    lines.push_back(fmt::format("  {} (module {}): {}", feature->option, feature->module, feature->use));
    modules.emplace_back(feature->module);
  }
  return fmt::format(
      "this kernel lacks what the router needs:\n{}\nload or install the module ({}), or use a kernel that has it; see "
      "docs/kernel.md",
      join(lines, "\n"), join(modules, ", "));
}

}  // namespace fairlead::sys
