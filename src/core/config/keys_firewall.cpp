#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

constexpr std::array allow_rows{
    one<&AllowDraft::name, Label>({.name = "name",
                                   .meaning = "Shown in status and messages.",
                                   .fallback = "`allow N`, counted from 1",
                                   .example = "\"ssh\""}),
    many<&AllowDraft::protocols, ProtocolValue>(
        {.name = "protocol", .meaning = "IP protocols.", .fallback = "`\"tcp\"`", .example = "\"tcp\""}),
    many<&AllowDraft::ports, PortRangeValue>({.name = "port",
                                              .meaning = "Ports of the router; required with protocols that have ports "
                                                         "(tcp, udp, sctp), refused with others.",
                                              .fallback = "only without ports: every packet of the protocol",
                                              .example = "22"}),
    many<&AllowDraft::sources, AddressRange>({.name = "source",
                                              .meaning = "From where the service may be used.",
                                              .fallback = "everywhere",
                                              .example = "[\"198.51.100.7\"]"}),
    uplinks_or_any<&AllowDraft::wans>(
        {.name = "wan", .meaning = "Through which uplinks.", .fallback = "`\"any\"`", .example = "\"cable1\""}),
};
std::span<const Key<AllowDraft>> keys_of_allow() { return allow_rows; }

struct AllowList {
  static std::string type() { return "list of sections `[[firewall.allow]]`, see below"; }
  static void read(FirewallDraft& firewall, const Node& node, const Field& field) {
    for (const auto& [where, table] : listed_tables(node, "firewall.allow", field.report)) {
      AllowDraft allow;
      allow.where = where;
      read_table(keys_of_allow(), *table, "[[firewall.allow]]", where, allow, field.report);
      firewall.allow.push_back(std::move(allow));
    }
  }
};

constexpr std::array refusals{Choice<Refuse>{"reject", Refuse::reject}, Choice<Refuse>{"drop", Refuse::drop}};

constexpr std::array rows{
    one<&FirewallDraft::ping, Boolean>({.name = "ping",
                                        .meaning = "Answer echo requests from outside, rate limited.",
                                        .fallback = "`true`",
                                        .example = "false"}),
    one<&FirewallDraft::syn_limit, Rate>({.name = "syn_limit",
                                          .meaning = "New TCP connections to the router itself, for each address "
                                                     "outside.",
                                          .fallback = "`\"50/second\"`",
                                          .example = "\"50/second\""}),
    one<&FirewallDraft::refuse, OneOf<refusals>>(
        {.name = "refuse",
         .meaning = "What outside sees of a closed port: an answer that it is closed (a TCP reset or ICMP port "
                    "unreachable, rate limited), or nothing.",
         .fallback = "`\"reject\"`",
         .example = "\"drop\""}),
    one<&FirewallDraft::log, Rate>({.name = "log",
                                    .meaning = "How many dropped packets are logged, for each kind.",
                                    .fallback = "`\"5/minute\"`",
                                    .example = "\"5/minute\""}),
    one<&FirewallDraft::bogons, Boolean>({.name = "bogons",
                                          .meaning = "Drop private and impossible source addresses that arrive from "
                                                     "outside.",
                                          .fallback = "`true`",
                                          .example = "true"}),
    Key<FirewallDraft>{detail::described<AllowList>({.name = "allow",
                                                     .meaning = "Services of the router that are open to the outside.",
                                                     .fallback = "none",
                                                     .example = "[{ name = \"ssh\", port = 22 }]"}),
                       AllowList::read},
};
std::span<const Key<FirewallDraft>> keys() { return rows; }

}  // namespace

KeyInfos firewall_keys() { return infos(keys()); }
KeyInfos allow_keys() { return infos(keys_of_allow()); }

void read_firewall(const Entry& entry, FileDraft& draft, Report& report) {
  if (const auto* table = single_table(entry, report))
    read_table(keys(), *table, "[firewall]", entry.node.where, draft.firewall, report);
}

}  // namespace fairlead::config
