#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

constexpr std::array otherwise{Choice<Otherwise>{"any", Otherwise::any},
                               Choice<Otherwise>{"reject", Otherwise::reject}};

constexpr std::array rows{
    one<&PolicyDraft::name, Label>({.name = "name",
                                    .meaning = "Shown in status and messages.",
                                    .fallback = "`policy N`, counted from 1",
                                    .example = "\"bank\""}),
    many<&PolicyDraft::lans, SectionName>({.name = "lan",
                                           .meaning = "LANs that the connection may come from.",
                                           .fallback = "every LAN",
                                           .example = "\"staff\""}),
    many<&PolicyDraft::sources, AddressRange>({.name = "source",
                                               .meaning = "Hosts that the connection may come from.",
                                               .fallback = "every host",
                                               .example = "\"192.168.20.0/26\""}),
    many<&PolicyDraft::destinations, AddressRange>({.name = "destination",
                                                    .meaning = "Where the connection may go.",
                                                    .fallback = "everywhere",
                                                    .example = "[\"198.51.100.0/24\", \"2001:db8::/32\"]"}),
    many<&PolicyDraft::protocols, ProtocolValue>({.name = "protocol",
                                                  .meaning = "IP protocols.",
                                                  .fallback = "every protocol; with `port`, tcp and udp",
                                                  .example = "\"tcp\""}),
    many<&PolicyDraft::ports, PortRangeValue>(
        {.name = "port",
         .meaning = "Destination ports; only with protocols that have ports: tcp, udp and sctp.",
         .fallback = "every port",
         .example = "[443, \"8000-8100\"]"}),
    many<&PolicyDraft::use, UplinkChoice>({.name = "use",
                                           .meaning =
                                               "The uplinks to use, in order of preference; or, of those that are "
                                               "in use just now, the one that answers probes soonest. It changes "
                                               "only where another one is clearly quicker, for some seconds.",
                                           .example = "[\"cable1\", \"cable2\"]",
                                           .required = true}),
    one<&PolicyDraft::balance, Boolean>({.name = "balance",
                                         .meaning = "Spread over all uplinks of `use` by weight, instead of preferring "
                                                    "the first healthy one.",
                                         .fallback = "`false`",
                                         .example = "true"}),
    one<&PolicyDraft::otherwise, OneOf<otherwise>>({.name = "otherwise",
                                                    .meaning = "What happens when no uplink of `use` is healthy: the "
                                                               "connection is balanced over the others, or refused.",
                                                    .fallback = "`\"any\"`",
                                                    .example = "\"reject\""}),
};
std::span<const Key<PolicyDraft>> keys() { return rows; }

}  // namespace

KeyInfos policy_keys() { return infos(keys()); }

void read_policies(const Entry& entry, FileDraft& draft, Report& report) {
  for (const auto& [where, table] : listed_tables(entry.node, "policy", report)) {
    PolicyDraft policy;
    policy.where = where;
    read_table(keys(), *table, "[[policy]]", where, policy, report);
    draft.policies.push_back(std::move(policy));
  }
}

}  // namespace fairlead::config
