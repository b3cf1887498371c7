#include "core/render/metrics_table.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace fairlead::render {
namespace {

using enum MetricType;

double seconds_of(WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

/// `value` of each uplink, which may be none.
template <typename Value>
void each_uplink(const MetricsInput& from, Samples& into, Value value) {
  for (const auto& uplink : from.snapshot.uplinks)
    into.add_if({{"uplink", uplink.name}}, std::optional(std::invoke(value, uplink)));
}

template <typename Value>
void each_path(const MetricsInput& from, Samples& into, Value value) {
  for (const auto& uplink : from.snapshot.uplinks)
    for (const auto& [family, path] : {std::pair{"ipv4", &uplink.ipv4}, std::pair{"ipv6", &uplink.ipv6}})
      if (!path->address.empty()) into.add({{"uplink", uplink.name}, {"family", family}}, std::invoke(value, *path));
}

template <typename Value>
void each_probed(const MetricsInput& from, Samples& into, Value value) {
  for (const auto& uplink : from.snapshot.uplinks)
    if (uplink.probes)
      into.add_if({{"uplink", uplink.name}}, std::optional<double>(std::invoke(value, *uplink.probes)));
}

template <typename Value>
void each_traffic(const MetricsInput& from, Samples& into, Value value) {
  for (const auto& uplink : from.snapshot.uplinks)
    if (uplink.traffic)
      into.add_if({{"uplink", uplink.name}}, std::optional<std::uint64_t>(std::invoke(value, *uplink.traffic)));
}

template <typename Value>
void each_side(const MetricsInput& from, Samples& into, Value value) {
  if (!from.snapshot.pair) return;
  into.add({{"side", "ours"}}, std::invoke(value, from.snapshot.pair->ours));
  if (from.snapshot.pair->theirs) into.add({{"side", "theirs"}}, std::invoke(value, *from.snapshot.pair->theirs));
}

template <typename Value>
void sync(const MetricsInput& from, Samples& into, Value value) {
  if (from.snapshot.pair && from.snapshot.pair->connections)
    into.add({}, std::invoke(value, *from.snapshot.pair->connections));
}

constexpr std::array<std::string_view, 5> states{"up", "degraded", "draining", "held", "down"};

constexpr auto table = std::to_array<Metric>({
    {"fairlead_build", info, "", "name, version", "The router's name and Fairlead's version.",
     [](const MetricsInput& from, Samples& into) {
       into.add({{"name", from.snapshot.name}, {"version", from.snapshot.version}}, true);
     }},
    {"fairlead_start_time_seconds", gauge, "seconds", "", "When the router started, as UNIX time.",
     [](const MetricsInput& from, Samples& into) { into.add({}, seconds_of(from.snapshot.started)); }},

    {"fairlead_uplink_up", gauge, "", "uplink",
     "1 while the uplink takes new connections by its state: up, degraded or held; 0 while it is down or drained.",
     [](const MetricsInput& from, Samples& into) {
       each_uplink(from, into, [](const UplinkStatus& uplink) {
         return uplink.state == "up" || uplink.state == "degraded" || uplink.state == "held";
       });
     }},
    {"fairlead_uplink_state", gauge, "", "uplink, state", "1 for the state that the uplink has, 0 for the others.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& uplink : from.snapshot.uplinks)
         for (const auto state : states)
           into.add({{"uplink", uplink.name}, {"state", std::string(state)}}, uplink.state == state);
     }},
    {"fairlead_uplink_state_since_timestamp_seconds", gauge, "seconds", "uplink",
     "Since when the uplink is in its state, as UNIX time.",
     [](const MetricsInput& from, Samples& into) {
       each_uplink(from, into, [](const UplinkStatus& uplink) { return seconds_of(uplink.since); });
     }},
    {"fairlead_uplink_state_changes", counter, "", "uplink", "Changes of the uplink's state since the start.",
     [](const MetricsInput& from, Samples& into) {
       each_uplink(from, into, [&](const UplinkStatus& uplink) {
         const auto found = from.totals.uplink_changes.find(uplink.name);
         return found == from.totals.uplink_changes.end() ? std::uint64_t{0} : found->second;
       });
     }},
    {"fairlead_uplink_usable", gauge, "", "uplink, family",
     "1 while connections of this address family can use the uplink.",
     [](const MetricsInput& from, Samples& into) {
       each_path(from, into, [](const PathStatus& path) { return path.usable; });
     }},
    {"fairlead_uplink_share_ratio", gauge, "ratio", "uplink, family",
     "The part of new connections that the uplink gets now, 0 to 1.",
     [](const MetricsInput& from, Samples& into) {
       each_path(from, into, [](const PathStatus& path) { return path.share; });
     }},
    {"fairlead_uplink_weight", gauge, "", "uplink", "The uplink's weight.",
     [](const MetricsInput& from, Samples& into) {
       each_uplink(from, into, [](const UplinkStatus& uplink) { return static_cast<std::uint64_t>(uplink.weight); });
     }},
    {"fairlead_uplink_tier", gauge, "", "uplink", "The uplink's tier.",
     [](const MetricsInput& from, Samples& into) {
       each_uplink(from, into, [](const UplinkStatus& uplink) { return static_cast<std::uint64_t>(uplink.tier); });
     }},
    {"fairlead_uplink_receive_bytes", counter, "bytes", "uplink",
     "Bytes that the uplink's device has received since it was made.",
     [](const MetricsInput& from, Samples& into) { each_traffic(from, into, &UplinkTraffic::received_bytes); }},
    {"fairlead_uplink_transmit_bytes", counter, "bytes", "uplink",
     "Bytes that the uplink's device has sent since it was made.",
     [](const MetricsInput& from, Samples& into) { each_traffic(from, into, &UplinkTraffic::sent_bytes); }},
    {"fairlead_uplink_active_connections", gauge, "", "uplink",
     "Connections over the uplink that move bytes just now; only where uplinks are chosen by load.",
     [](const MetricsInput& from, Samples& into) { each_traffic(from, into, &UplinkTraffic::active); }},
    {"fairlead_uplink_connections", gauge, "", "uplink", "Connections of the connection table over the uplink.",
     [](const MetricsInput& from, Samples& into) { each_traffic(from, into, &UplinkTraffic::connections); }},
    {"fairlead_uplink_probe_loss_ratio", gauge, "ratio", "uplink", "Lost probes of the last 30 s, 0 to 1.",
     [](const MetricsInput& from, Samples& into) { each_probed(from, into, &ProbeStatus::loss); }},
    {"fairlead_uplink_probe_rtt_seconds", gauge, "seconds", "uplink",
     "Median round trip time of the probes of the last 10 s; not there while nothing answers.",
     [](const MetricsInput& from, Samples& into) {
       each_probed(from, into, [](const ProbeStatus& probes) {
         return probes.latency ? std::optional(*probes.latency / 1000) : std::nullopt;
       });
     }},
    {"fairlead_uplink_probe_jitter_seconds", gauge, "seconds", "uplink",
     "How much the round trip time differs from one probe to the next, over the last 10 s.",
     [](const MetricsInput& from, Samples& into) {
       each_probed(from, into, [](const ProbeStatus& probes) { return probes.jitter / 1000; });
     }},

    {"fairlead_lan_up", gauge, "", "lan", "1 while the LAN's device has a carrier.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& lan : from.snapshot.lans) into.add({{"lan", lan.name}}, lan.carrier);
     }},
    {"fairlead_lan_leases", gauge, "", "lan", "Addresses that the LAN's DHCP server has lent now.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& [lan, count] : from.totals.leases) into.add({{"lan", lan}}, count);
     }},
    {"fairlead_policy_connections", counter, "", "policy", "New connections that the policy decided on.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& policy : from.snapshot.policies) into.add_if({{"policy", policy.name}}, policy.connections);
     }},
    {"fairlead_forward_connections", counter, "", "forward", "New connections that the forward let in.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& forward : from.snapshot.forwards) into.add_if({{"forward", forward.name}}, forward.connections);
     }},

    {"fairlead_conntrack_entries", gauge, "", "", "Entries of the kernel's connection table.",
     [](const MetricsInput& from, Samples& into) { into.add_if({}, from.snapshot.connections); }},
    {"fairlead_conntrack_entries_limit", gauge, "", "", "Entries that the kernel's connection table can hold.",
     [](const MetricsInput& from, Samples& into) { into.add_if({}, from.snapshot.connections_limit); }},

    {"fairlead_reconcile_changes", counter, "", "", "Times that the kernel was changed.",
     [](const MetricsInput& from, Samples& into) { into.add({}, from.snapshot.changes); }},
    {"fairlead_reconcile_repairs", counter, "", "",
     "Times that the kernel was changed because another program had changed what is Fairlead's.",
     [](const MetricsInput& from, Samples& into) { into.add({}, from.snapshot.repairs); }},
    {"fairlead_reconcile_failures", counter, "", "", "Times that changes of the kernel began to fail.",
     [](const MetricsInput& from, Samples& into) { into.add({}, from.totals.failures); }},
    {"fairlead_reconcile_failing", gauge, "", "", "1 while the kernel refuses what the router wants of it.",
     [](const MetricsInput& from, Samples& into) { into.add({}, !from.snapshot.last_error.empty()); }},
    {"fairlead_config_last_reload_successful", gauge, "", "",
     "0 while the file is not what is in force: it was refused.",
     [](const MetricsInput& from, Samples& into) { into.add({}, !from.totals.file_refused); }},

    {"fairlead_condition", gauge, "", "condition, subject",
     "1 for each thing that is not normal now, by the names of events.md; not there when it is over.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& condition : from.snapshot.conditions)
         into.add({{"condition", condition.id}, {"subject", condition.subject}}, true);
     }},
    {"fairlead_warnings", gauge, "", "", "Things of the file that cannot take effect now.",
     [](const MetricsInput& from, Samples& into) { into.add({}, std::uint64_t{from.snapshot.warnings.size()}); }},
    {"fairlead_events", counter, "", "kind", "Changes of state since the start, by the kinds of events.md.",
     [](const MetricsInput& from, Samples& into) {
       for (const auto& [kind, count] : from.totals.events) into.add({{"kind", kind}}, count);
     }},

    {"fairlead_pair_active", gauge, "", "side", "1 for a router of the pair that is active.",
     [](const MetricsInput& from, Samples& into) {
       each_side(from, into, [](const PairSide& side) { return side.role == Role::active; });
     }},
    {"fairlead_pair_priority", gauge, "", "side", "The VRRP priority of a router of the pair.",
     [](const MetricsInput& from, Samples& into) {
       each_side(from, into, [](const PairSide& side) { return static_cast<std::uint64_t>(side.priority); });
     }},
    {"fairlead_pair_maintenance", gauge, "", "side", "1 while an administrator has taken that router out.",
     [](const MetricsInput& from, Samples& into) { each_side(from, into, &PairSide::maintenance); }},
    {"fairlead_pair_ready", gauge, "", "side", "1 for a router of the pair that is active or would take the role.",
     [](const MetricsInput& from, Samples& into) {
       each_side(from, into, [](const PairSide& side) { return side.role == Role::active || side.why.empty(); });
     }},
    {"fairlead_pair_usable_uplinks", gauge, "", "side", "Uplinks that would carry connections at that router.",
     [](const MetricsInput& from, Samples& into) {
       each_side(from, into, [](const PairSide& side) { return static_cast<std::uint64_t>(side.usable()); });
     }},
    {"fairlead_pair_peer_up", gauge, "", "", "1 while the other router is heard over the cable between them.",
     [](const MetricsInput& from, Samples& into) {
       if (from.snapshot.pair) into.add({}, from.snapshot.pair->theirs.has_value());
     }},
    {"fairlead_pair_role_changes", counter, "", "", "Changes of this router's role since the start.",
     [](const MetricsInput& from, Samples& into) {
       if (from.snapshot.pair) into.add({}, from.totals.role_changes);
     }},
    {"fairlead_sync_up", gauge, "", "", "1 while conntrackd runs and hears the other router's.",
     [](const MetricsInput& from, Samples& into) {
       sync(from, into, [](const ConnectionSyncStatus& status) { return status.running && status.why.empty(); });
     }},
    {"fairlead_sync_connections", gauge, "", "", "This router's own connections that the other one knows.",
     [](const MetricsInput& from, Samples& into) { sync(from, into, &ConnectionSyncStatus::told); }},
    {"fairlead_sync_received_connections", counter, "", "",
     "Connections taken from the other router by this conntrackd.",
     [](const MetricsInput& from, Samples& into) { sync(from, into, &ConnectionSyncStatus::taken); }},
    {"fairlead_sync_unacknowledged_messages", gauge, "", "", "Messages that the other router has not confirmed.",
     [](const MetricsInput& from, Samples& into) { sync(from, into, &ConnectionSyncStatus::waiting); }},
    {"fairlead_sync_lost", counter, "", "", "Messages that were dropped, and connections that the kernel refused.",
     [](const MetricsInput& from, Samples& into) { sync(from, into, &ConnectionSyncStatus::lost); }},

    {"fairlead_pages", gauge, "", "", "Pages that are open now.",
     [](const MetricsInput& from, Samples& into) { into.add({}, from.totals.pages); }},
    {"process_cpu_seconds", counter, "seconds", "", "Processor time of the router's own process.",
     [](const MetricsInput& from, Samples& into) { into.add_if({}, from.totals.cpu_seconds); }},
    {"process_resident_memory_bytes", gauge, "bytes", "", "Resident memory of the router's own process.",
     [](const MetricsInput& from, Samples& into) { into.add_if({}, from.totals.resident_bytes); }},
});

}  // namespace

void Samples::add(Labels labels, double value) { samples_.push_back({std::move(labels), fmt::format("{}", value)}); }
void Samples::add(Labels labels, std::uint64_t value) {
  samples_.push_back({std::move(labels), std::to_string(value)});
}

std::span<const Metric> metrics() { return table; }

}  // namespace fairlead::render
