#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

constexpr std::array rows{
    one<&ForwardDraft::name, Label>({.name = "name",
                                     .meaning = "Shown in status and messages.",
                                     .fallback = "`forward N`, counted from 1",
                                     .example = "\"web\""}),
    many<&ForwardDraft::protocols, TransportProtocol>(
        {.name = "protocol", .meaning = "TCP, UDP or both.", .fallback = "`\"tcp\"`", .example = "[\"tcp\", \"udp\"]"}),
    one<&ForwardDraft::port, PortRangeValue>({.name = "port",
                                              .meaning = "The port as seen from outside, or a range.",
                                              .example = "\"33335-33336\"",
                                              .required = true}),
    one<&ForwardDraft::to, EndpointValue>(
        {.name = "to",
         .meaning = "The host in a LAN that the port leads to, with another port or the same. A range keeps its order: "
                    "its first port becomes the one named here, the next port the one after it; a range that is moved "
                    "like this has at most 1024 ports. An IPv6 address with a port is written in brackets.",
         .example = "\"192.168.1.20:8080\"",
         .required = true}),
    uplinks_or_any<&ForwardDraft::wans>({.name = "wan",
                                         .meaning = "On which uplinks the port is open.",
                                         .fallback = "`\"any\"`",
                                         .example = "[\"cable1\", \"cable2\"]"}),
};
std::span<const Key<ForwardDraft>> keys() { return rows; }

}  // namespace

KeyInfos forward_keys() { return infos(keys()); }

void read_forwards(const Entry& entry, FileDraft& draft, Report& report) {
  for (const auto& [where, table] : listed_tables(entry.node, "forward", report)) {
    ForwardDraft forward;
    forward.where = where;
    read_table(keys(), *table, "[[forward]]", where, forward, report);
    draft.forwards.push_back(std::move(forward));
  }
}

}  // namespace fairlead::config
