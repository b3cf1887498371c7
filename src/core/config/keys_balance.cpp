#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"

namespace fairlead::config {
namespace {

constexpr std::array methods{Choice<BalanceMethod>{"weighted-round-robin", BalanceMethod::weighted_round_robin},
                             Choice<BalanceMethod>{"source-hash", BalanceMethod::source_hash},
                             Choice<BalanceMethod>{"source-destination-hash", BalanceMethod::source_destination_hash},
                             Choice<BalanceMethod>{"least-loaded", BalanceMethod::least_loaded},
                             Choice<BalanceMethod>{"overflow", BalanceMethod::overflow},
                             Choice<BalanceMethod>{"lowest-latency", {}, "use a policy with use = \"lowest-latency\""}};
constexpr std::array persist_by{Choice<PersistBy>{"source", PersistBy::source},
                                Choice<PersistBy>{"source-destination", PersistBy::source_destination}};

constexpr std::array persist_rows{
    one<&PersistDraft::by, OneOf<persist_by>>({.name = "by",
                                               .meaning = "What makes connections related: the same host, or the same "
                                                          "host and the same server.",
                                               .fallback = "`\"source-destination\"`",
                                               .example = "\"source\""}),
    one<&PersistDraft::lifetime, DurationOf<second, 30 * day>>(
        {.name = "for",
         .meaning = "How long after its latest new connection the choice is remembered.",
         .fallback = "`\"10m\"`",
         .example = "\"1h\""}),
};
std::span<const Key<PersistDraft>> persist_keys() { return persist_rows; }

constexpr std::array rows{
    one<&BalanceDraft::method, OneOf<methods>>(
        {.name = "method",
         .meaning =
             "How an uplink is chosen for a new connection. `weighted-round-robin` splits connections exactly by "
             "weight and lets a download over many connections use every link. The hashes choose by address, by "
             "weight too: a host (`source-hash`), or a host and a server (`source-destination-hash`), always "
             "meets the same uplink, and when one fails only its connections move. `least-loaded` gives each new "
             "connection to the uplink with the most capacity for each connection that moves bytes just now; "
             "`overflow` fills the first uplink before it uses the next. Both need a kernel that takes eBPF programs, "
             "elsewhere `weighted-round-robin` stands in; see balance.md.",
         .fallback = "`\"least-loaded\"` where every uplink has a `bandwidth` and none a `weight`, else "
                     "`\"weighted-round-robin\"`",
         .example = "\"source-hash\""}),
    one<&BalanceDraft::persist, TableOf<PersistDraft, persist_keys>>(
        {.name = "persist",
         .meaning =
             "Related connections keep the uplink of the first, for sites that want one address throughout a login.",
         .fallback = "each connection is balanced alone",
         .example = "{ by = \"source-destination\", for = \"10m\" }"}),
};
std::span<const Key<BalanceDraft>> keys() { return rows; }

}  // namespace

KeyInfos balance_keys() { return infos(keys()); }

void read_balance(const Entry& entry, FileDraft& draft, Report& report) {
  if (const auto* table = single_table(entry, report))
    read_table(keys(), *table, "[balance]", entry.node.where, draft.balance, report);
}

}  // namespace fairlead::config
