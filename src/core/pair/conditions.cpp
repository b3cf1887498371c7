#include "core/pair/conditions.hpp"

#include <fmt/format.h>

namespace fairlead::pair {

std::vector<Condition> conditions_of(const PairStatus& status, const std::string& no_vrrp, const Election& election,
                                     const Wish& wish) {
  std::vector<Condition> found;
  const auto add = [&](const char* id, const std::string& why, const char* effect) {
    found.push_back({id, "pair", {}, why, effect});
  };
  if (!no_vrrp.empty()) add("vrrp", no_vrrp, "the other router must do without this one");
  if (!status.theirs)
    add("peer-silent", status.link_why, "connections would break at a takeover, and leases be forgotten");
  if (status.ours.maintenance) add("maintenance", "an administrator wants it", "this router takes no role");
  if (status.theirs && status.theirs->maintenance)
    add("peer-maintenance", fmt::format("{} is out for maintenance", status.theirs->name),
        "nobody would take over from this router");
  else if (status.theirs && !status.theirs->why.empty())
    add("peer-gives-way", fmt::format("{}: {}", status.theirs->name, status.theirs->why),
        "nobody would take over from this router");
  if (election.awaits_lan())
    add("lan-silent", not_seen_on_lan, "this router takes no role before it sees the other one on the LAN");
  if (election.concedes())
    add("two-active", wish.why, "the LAN is cut between the routers: its other part has no router");
  return found;
}

}  // namespace fairlead::pair
