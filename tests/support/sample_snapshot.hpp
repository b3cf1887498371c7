#pragma once
// Purpose: a router of a pair with one good and one dead uplink, as it tells of itself.
#include "core/model/snapshot.hpp"
#include "core/render/metrics.hpp"

namespace fairlead::sample {

inline Snapshot snapshot() {
  const WallTime start(std::chrono::seconds(1'700'000'000));
  Snapshot told;
  told.name = "left";
  told.version = "0.1.0";
  told.started = start;
  UplinkStatus good;
  good.name = "cable1";
  good.state = "up";
  good.since = start;
  good.weight = 5;
  good.ipv4 = {true, "100.64.1.2", "100.64.1.1", 0.625};
  good.probes = ProbeStatus{0.25, 12.5, 1};
  good.traffic = UplinkTraffic{.received_bytes = UINT64_MAX,
                               .sent_bytes = 17,
                               .down = 8e6,
                               .up = 1e6,
                               .connections = 40,
                               .active = 3,
                               .recent_down = {},
                               .recent_up = {}};
  auto dead = good;
  dead.name = "cable2";
  dead.state = "down";
  dead.why = "no target answers";
  dead.ipv4 = {false, "100.64.2.2", "100.64.2.1", 0};
  dead.probes = ProbeStatus{1, std::nullopt, 0};
  told.uplinks = {good, dead};
  told.lans = {{"seats", "eth0", true, {"192.168.1.1"}, {}}};
  told.policies = {{"a \"b\" \\ \nc", "cable1", 7}};
  told.conditions = {{"uplink-down", "cable2", start, "no target answers", ""}};
  told.connections = 1200;
  told.connections_limit = 262144;
  PairStatus pair;
  pair.ours.role = Role::active;
  pair.ours.priority = 150;
  pair.theirs = PairSide{};
  pair.connections = ConnectionSyncStatus{true, 10, 20, 0, 2, ""};
  told.pair = pair;
  return told;
}

inline render::Totals totals() {
  return {.events = {{"uplink", 5}},
          .uplink_changes = {{"cable2", 3}},
          .role_changes = 1,
          .failures = 0,
          .file_refused = false,
          .leases = {{"seats", 4}},
          .pages = 1,
          .cpu_seconds = 1.5,
          .resident_bytes = 20'000'000};
}

}  // namespace fairlead::sample
