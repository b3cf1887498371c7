#include "packets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "contenders.hpp"
#include "lab/wait.hpp"

namespace fairlead::bench {
namespace {

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// All packets, and over as many uplinks as the variant promises. The last few may still be on their way.
Result<void> check_arrivals(const Contender& entry, const std::vector<std::uint64_t>& before, const Load& load,
                            int sent) {
  const auto wanted = entry.variant.spread == 0 ? 0U : static_cast<std::uint64_t>(sent);
  std::vector<std::uint64_t> after;
  static_cast<void>(lab::wait_until(
      [&] {
        after = entry.network.arrived().value_or(before);
        return sum(after) - sum(before) >= wanted;
      },
      lab::in(std::chrono::seconds(1))));
  int used = 0;
  for (std::size_t n = 0; n < after.size(); ++n) used += after[n] != before[n] ? 1 : 0;
  if (sum(after) - sum(before) != wanted)
    return fail(fmt::format("{} of {} packets came through", sum(after) - sum(before), wanted));
  // Few flows that are drawn at random may leave an uplink out.
  const int sure = std::max(load.flows / 8, 1);
  const int promised = load.steady() ? std::min(entry.variant.spread, sure) : entry.variant.spread;
  if (used < promised) return fail(fmt::format("only {} of {} uplinks were used", used, promised));
  return {};
}

Result<void> forget_connections(const Contender& entry) {
  const auto done = entry.network.router().must_run({"conntrack", "-F"});
  return done ? Result<void>{} : std::unexpected(done.error());
}

/// Connections of an earlier round would make this one cheaper; those of this one would crowd the others' table.
Result<void> begin_turn(const Contender& entry) {
  if (auto empty = forget_connections(entry); !empty) return empty;
  return entry.variant.standing > 0 ? open_others(entry.network, entry.variant.standing) : Result<void>{};
}

Result<double> measure(const Contender& entry, const Load& load, int packets) {
  const auto before = entry.network.arrived();
  if (!before) return std::unexpected(before.error());
  auto cost = blast(entry.network, load, packets);
  if (!cost) return cost;
  if (auto arrived = check_arrivals(entry, *before, load, packets); !arrived) return std::unexpected(arrived.error());
  return cost;
}

std::vector<Load> loads_of(const PacketOptions& options) {
  std::vector<Load> loads;
  for (const int flows : options.flows) loads.push_back({flows});
  if (options.connections > 0) loads.push_back({});
  return loads;
}

/// All loads of one contender in one round. The flows of a steady load are some of those of a larger one: the table
/// holds all of the largest one's throughout.
Result<std::map<Load, double>> take_turn(const Contender& entry, const std::vector<Load>& loads,
                                         const PacketOptions& options) {
  std::map<Load, double> costs;
  if (auto begun = begin_turn(entry); !begun) return std::unexpected(begun.error());
  const auto largest = std::ranges::max(loads);
  if (largest.steady() && entry.variant.spread > 0)
    if (auto known = establish(entry.network, largest); !known) return std::unexpected(known.error());
  for (const auto& load : loads) {
    if (!load.steady())
      if (auto begun = begin_turn(entry); !begun) return std::unexpected(begun.error());
    const int packets = load.steady() ? options.packets : options.connections;
    const auto cost = measure(entry, load, packets / batch * batch);
    if (!cost) return std::unexpected(cost.error().in(to_text(load)));
    costs[load] = *cost;
  }
  if (auto empty = forget_connections(entry); !empty) return std::unexpected(empty.error());
  return costs;
}

}  // namespace

Result<PacketFigures> measure_packets(const std::vector<Variant>& variants, const PacketOptions& options) {
  const auto entries = contenders_of(variants, options.only);
  if (!entries) return std::unexpected(entries.error());
  PacketFigures figures{loads_of(options), {}, {}};
  for (const auto& entry : *entries) figures.order.push_back(entry.variant.name);
  for (int round = 0; round <= options.rounds; ++round)
    for (std::size_t turn = 0; turn < entries->size(); ++turn) {
      const auto& entry = (*entries)[(turn + static_cast<std::size_t>(round)) % entries->size()];
      fmt::print(stderr, "\r\033[Kround {} of {}: {}", round, options.rounds, entry.variant.name);
      const auto costs = take_turn(entry, figures.loads, options);
      if (!costs) return std::unexpected(costs.error().in(entry.variant.name));
      for (const auto& [load, cost] : *costs)
        if (round > 0) figures.samples[load][entry.variant.name].push_back(cost);
    }
  fmt::print(stderr, "\r\033[K");
  return figures;
}

Result<PacketFigures> measure_packets(const PacketOptions& options) { return measure_packets(variants(), options); }

}  // namespace fairlead::bench
