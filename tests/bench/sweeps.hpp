#pragma once
// Purpose: whether a packet's cost stays what it is while the configuration or the connection table grows: sizes of one
// kind side by side, against the smallest.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "packets.hpp"

namespace fairlead::bench {

struct SweepOptions {
  int rounds = 7;
  int packets = 200'000;
  int connections = 50'000;
  int flows = 1000;
  std::vector<std::string> only;  ///< kinds whose name contains one of these
};

struct SweepPoint {
  int size = 0;
  std::string variant;
};

struct Sweep {
  std::string kind;  ///< "uplinks", "policies", …
  std::vector<SweepPoint> points;
  PacketFigures figures;
};

struct SweptCost {
  int size = 0;
  Figure nanoseconds;
  Figure to_smallest;
};
[[nodiscard]] std::vector<SweptCost> costs_of(const Sweep& sweep, const Load& load);

/// The largest connection table needs room: the machine's nf_conntrack_max is raised for as long as it is measured.
[[nodiscard]] Result<std::vector<Sweep>> measure_sweeps(const SweepOptions& options);

[[nodiscard]] std::string to_text(const std::vector<Sweep>& sweeps);
[[nodiscard]] nlohmann::json json_of(const std::vector<Sweep>& sweeps);

}  // namespace fairlead::bench
