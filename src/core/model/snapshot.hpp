#pragma once
// Purpose: what the daemon tells about itself, as one immutable value; the control socket, and everything that
// shows the router, reads it. The JSON form is versioned: fields are added, never changed.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/wall_time.hpp"
#include "core/model/condition.hpp"
#include "core/model/pair_status.hpp"
#include "core/model/traffic.hpp"

namespace fairlead {

/// One family of one uplink.
struct PathStatus {
  bool usable = false;
  std::string address;  ///< empty: none
  std::string gateway;  ///< empty: none (or a point-to-point device)
  double share = 0;     ///< of new connections, 0…1
  bool operator==(const PathStatus&) const = default;
};

/// What probes of one uplink told lately.
struct ProbeStatus {
  double loss = 0;                ///< 0…1, over 30 s
  std::optional<double> latency;  ///< ms, the median of 10 s; none: nothing answered
  double jitter = 0;              ///< ms
  bool operator==(const ProbeStatus&) const = default;
};

struct UplinkStatus {
  std::string name;
  UplinkId id;
  std::string device;
  std::string state;  ///< "up", "degraded", "draining", "held", "down"
  WallTime since;
  std::string why;  ///< empty while all is well
  int weight = 1;
  int tier = 1;
  PathStatus ipv4;
  PathStatus ipv6;
  std::optional<ProbeStatus> probes;     ///< none: nothing was asked lately
  std::optional<UplinkTraffic> traffic;  ///< none: its device is not there
  bool operator==(const UplinkStatus&) const = default;
};

struct LanStatus {
  std::string name;
  std::string device;
  bool carrier = false;
  std::vector<std::string> addresses;
  std::vector<std::string> advertised;  ///< IPv6 prefixes for its hosts: "fd00::/64", "2001:db8::/64 (deprecated)"
  bool operator==(const LanStatus&) const = default;
};

struct Snapshot {
  static constexpr int schema_version = 1;
  std::string name;     ///< the router's
  std::string version;  ///< Fairlead's
  std::string file;     ///< the configuration
  WallTime started;
  std::string method;   ///< of balancing, in the file's words; what stands in for it where the kernel lacks something
  std::string offload;  ///< the fast path, in the file's words
  std::vector<UplinkStatus> uplinks;
  std::vector<LanStatus> lans;
  std::vector<RuleHits> policies;  ///< in the file's order
  std::vector<RuleHits> forwards;
  std::optional<PairStatus> pair;                  ///< none: this router is alone
  std::vector<Condition> conditions;               ///< what is not normal now
  std::vector<std::string> warnings;               ///< what of the file cannot take effect now
  std::uint64_t changes = 0;                       ///< times that the kernel was changed
  std::uint64_t repairs = 0;                       ///< of these, because somebody else changed what is ours
  std::optional<std::uint64_t> connections;        ///< entries of the connection table
  std::optional<std::uint64_t> connections_limit;  ///< of these the kernel allows so many
  std::string last_error;                          ///< of the latest attempt to change the kernel; empty: it went well
  bool operator==(const Snapshot&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const Snapshot& snapshot);
[[nodiscard]] Result<Snapshot> snapshot_from_json(const nlohmann::json& json);

}  // namespace fairlead
