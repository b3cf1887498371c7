// Connection tracking helpers: where a LAN asks for it, new connections to a protocol's own port get the kernel's
// helper, which reads in them what second connections are agreed, and expects those. An expected connection is
// "related" to the filter, and inherits the first one's mark (init_conntrack in the kernel), so it keeps the uplink
// without a rule. None is ever assigned by itself: a helper opens ports to whoever the host speaks with.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/compile/ingress.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

struct Assignment {
  Helper helper;
  const char* name;      ///< of our object and chain
  const char* type;      ///< the kernel's
  const char* protocol;  ///< as nft names it
  Protocol number;
  int port;  ///< IANA's; other ports are no one's own
};

constexpr std::array assignments{Assignment{Helper::ftp, "ftp", "ftp", "tcp", tcp, 21},
                                 Assignment{Helper::sip, "sip_tcp", "sip", "tcp", tcp, 5060},
                                 Assignment{Helper::sip, "sip_udp", "sip", "udp", udp, 5060},
                                 Assignment{Helper::tftp, "tftp", "tftp", "udp", udp, 69},
                                 Assignment{Helper::pptp, "pptp", "pptp", "tcp", tcp, 1723},
                                 Assignment{Helper::h323, "h323_calls", "Q.931", "tcp", tcp, 1720},
                                 Assignment{Helper::h323, "h323_gatekeeper", "RAS", "udp", udp, 1719},
                                 Assignment{Helper::irc, "irc", "irc", "tcp", tcp, 6667}};

std::string map_name(const LanConfig& lan) { return "helpers_" + lan.name; }

}  // namespace

std::string assign_helper(const LanConfig& lan) {
  return fmt::format("meta l4proto . th dport vmap @{}", map_name(lan));
}

void add_helpers(const Context& context, nft::Table& table) {
  for (const auto& lan : context.config.lans) {
    if (lan.helpers.empty()) continue;
    auto& ports = add_map(table, map_name(lan), "type inet_proto . inet_service : verdict;",
                          "protocols whose second connections are expected");
    for (const auto& assignment : assignments) {
      if (std::ranges::find(lan.helpers, assignment.helper) == lan.helpers.end()) continue;
      table.helpers[assignment.name] = {.type = assignment.type, .protocol = assignment.protocol};
      const auto chain = fmt::format("help_{}", assignment.name);
      table.chains[chain].rules = {{fmt::format("ct helper set \"{}\"", assignment.name), ""}};
      ports.elements.emplace(fmt::format("{} . {}", assignment.number.number, assignment.port), "jump " + chain);
    }
  }
}

}  // namespace fairlead::compile
