#pragma once
// Purpose: what each way to be a router adds to a packet. A round measures every load in short slices: one of each
// variant in turn, the floor's among them, and again. What slows the machine for a while slows all of them, what stops
// it for a moment spoils one slice, and a round's figure is the median of its slices. A first round, in which caches
// warm up, is thrown away.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "figure.hpp"
#include "sender.hpp"
#include "variants.hpp"

namespace fairlead::bench {

struct PacketOptions {
  int rounds = 7;
  int packets = 200'000;      ///< of a round of a steady load
  int connections = 100'000;  ///< of one of new connections
  std::vector<int> flows{1, 64, 1000, 100'000};
  std::vector<std::string> only;  ///< variants whose name contains one of these; empty: all
};

/// What the router adds to a packet, ns, one a round, by variant; without the floor.
using Costs = std::map<std::string, std::vector<double>>;

struct PacketFigures {
  std::vector<Load> loads;
  std::vector<std::string> order;             ///< of the variants
  std::map<Load, std::vector<double>> floor;  ///< what the sender costs alone, ns a packet, one a round
  std::map<Load, Costs> costs;
};

[[nodiscard]] Result<PacketFigures> measure_packets(const PacketOptions& options);
/// `variants` instead of those that are compared usually; the floor is among them.
[[nodiscard]] Result<PacketFigures> measure_packets(const std::vector<Variant>& variants, const PacketOptions& options);

/// Round by round; none where either was not measured.
[[nodiscard]] std::optional<Figure> ratio(const Costs& costs, const std::string& of, const std::string& to);

[[nodiscard]] std::string to_text(const PacketFigures& figures);
[[nodiscard]] nlohmann::json json_of(const PacketFigures& figures);

}  // namespace fairlead::bench
