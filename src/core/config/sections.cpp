#include "core/config/sections.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"

namespace fairlead::config {
namespace {

constexpr std::array table{
    Section{"router", "[router]", "The machine itself. May be left out.", router_keys, read_router},
    Section{
        "lan", "[lan.NAME]",
        "A network of yours; at least one. `NAME` is how policies, status and logs call it: 1 to 32 letters, digits, "
        "`_` or `-`. A LAN and an uplink cannot share a name, and `any`, `gateway`, `lowest-latency` and "
        "`least-loaded` cannot be names. Subnets of LANs must not overlap each other or an uplink's subnet.",
        lan_keys, read_lans},
    Section{"wan", "[wan.NAME]",
            "An internet link; at least one. The order in the file is the order in status and logs. Two uplinks may "
            "have the same subnet, and even the same gateway and address, as two modems of one make often do.",
            wan_keys, read_wans},
    Section{"balance", "[balance]", "How new connections are spread over the uplinks. May be left out.", balance_keys,
            read_balance},
    Section{"policy", "[[policy]]",
            "Exceptions from balancing, as many as you like. The first policy that matches a new connection decides; "
            "what none matches is balanced over all uplinks. A policy matches when each key of it that is there "
            "matches; a key with a list matches when one entry does. A policy that can never match, because an earlier "
            "one covers it, gets a warning.",
            policy_keys, read_policies},
    Section{"firewall", "[firewall]",
            "What may come in. Without any of this, nothing from outside gets in that a LAN did not ask for.",
            firewall_keys, read_firewall},
    Section{"firewall.allow", "[[firewall.allow]]",
            "A service of the router itself that is open to the outside, as many as you like. Hosts in a LAN reach the "
            "router's services without this.",
            allow_keys},
    Section{"forward", "[[forward]]",
            "A port that is open to the outside and led to a host in a LAN, as many as you like. Hosts in a LAN reach "
            "it through the outside address, too. One port can have one forward on an uplink.",
            forward_keys, read_forwards},
    Section{"health", "[health]",
            "How uplinks are probed. Every key can be set for one uplink, too: `health = { … }` in its section.",
            health_keys, read_health},
    Section{"ha", "[ha]",
            "This router is one of a pair. Both have the same file; only the router's name and this section differ.",
            ha_keys, read_ha},
};

void unknown_section(const Entry& entry, Report& report) {
  std::vector<std::string_view> names;
  for (const auto& section : table)
    if (section.read != nullptr) names.push_back(section.name);
  const auto meant = nearest(entry.key, names);
  report.error(entry.where, fmt::format("unknown section {}: {}", shown(entry.key),
                                        meant.empty() ? fmt::format("the sections are {}", fmt::join(names, ", "))
                                                      : fmt::format("did you mean {}?", meant)));
}

}  // namespace

std::span<const Section> sections() { return table; }

FileDraft read_draft(const Table& document, Report& report) {
  FileDraft draft;
  for (const auto& entry : document) {
    const auto section = std::ranges::find(table, entry.key, &Section::name);
    if (section == table.end() || section->read == nullptr) {
      unknown_section(entry, report);
      continue;
    }
    section->read(entry, draft, report);
  }
  return draft;
}

}  // namespace fairlead::config
