#include "daemon/connection_fate.hpp"

#include "sys/bpf/datapath.hpp"
#include "sys/conntrack/connections.hpp"
#include "sys/conntrack/conntrack.hpp"
#include "sys/segment/segment.hpp"

namespace fairlead::daemon {

Result<void> end_connections(UplinkId id, std::optional<Family> family, Fate fate, const MarkMask& mask,
                             bpf::Datapath* programs) {
  if (fate == Fate::keep) return {};
  Result<std::vector<conntrack::TcpConnection>> connections;
  if (fate == Fate::reset) connections = conntrack::tcp_connections(mask.value(id), mask.bits(), family);
  // Forgotten before anyone is told: the answers must meet a table that does not know them.
  if (auto deleted = conntrack::delete_by_mark(mask.value(id), mask.bits(), family); !deleted) return deleted;
  if (programs != nullptr) programs->forget();
  if (!connections) return std::unexpected(connections.error());
  std::vector<segment::Nudge> nudges;
  for (const auto& [inside, outside] : *connections) nudges.push_back({outside, inside});
  return segment::send(nudges);
}

}  // namespace fairlead::daemon
