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

/// Connections of an earlier load would make this one cheaper.
Result<void> begin(const Contender& entry) {
  if (auto empty = forget_connections(entry); !empty) return empty;
  return entry.variant.standing > 0 ? open_others(entry.network, entry.variant.standing) : Result<void>{};
}

/// Of one load in one round.
class Slices {
 public:
  Slices(std::vector<const Contender*> members, const Load& load, int packets)
      : members_(std::move(members)), load_(load), packets_(packets / slices / batch * batch) {}

  Result<void> measure() {
    if (auto begun = prepare(); !begun) return begun;
    for (int slice = 0; slice < slices; ++slice)
      for (std::size_t turn = 0; turn < members_.size(); ++turn) {
        const auto& entry = *members_[(turn + static_cast<std::size_t>(slice)) % members_.size()];
        const auto cost = measure_one(entry, slice * packets_);
        if (!cost) return std::unexpected(cost.error().in(entry.variant.name));
        costs_[entry.variant.name].push_back(*cost);
      }
    for (const auto* entry : members_)
      if (auto empty = forget_connections(*entry); !empty) return empty;
    return {};
  }

  [[nodiscard]] double floor() const { return figure_of(costs_.at(names::floor)).median; }
  /// Slice by slice above the floor's.
  [[nodiscard]] double cost(const std::string& name) const {
    auto added = costs_.at(name);
    for (std::size_t slice = 0; slice < added.size(); ++slice) added[slice] -= costs_.at(names::floor)[slice];
    return figure_of(std::move(added)).median;
  }

 private:
  static constexpr int slices = 10;

  Result<void> prepare() const {
    std::vector<const Network*> passable;
    for (const auto* entry : members_) {
      if (auto begun = begin(*entry); !begun) return std::unexpected(begun.error().in(entry->variant.name));
      if (entry->variant.spread > 0) passable.push_back(&entry->network);
    }
    return load_.steady() ? establish(passable, load_) : Result<void>{};
  }

  Result<double> measure_one(const Contender& entry, int first) const {
    const auto before = entry.network.arrived();
    if (!before) return std::unexpected(before.error());
    auto cost = blast(entry.network, load_, first, packets_);
    if (!cost) return cost;
    if (auto arrived = check_arrivals(entry, *before, load_, packets_); !arrived)
      return std::unexpected(arrived.error());
    // New connections would crowd the others' table, except where it is to be crowded.
    if (!load_.steady() && entry.variant.standing == 0)
      if (auto empty = forget_connections(entry); !empty) return std::unexpected(empty.error());
    return cost;
  }

  std::vector<const Contender*> members_;
  Load load_;
  int packets_;  // of a slice
  std::map<std::string, std::vector<double>> costs_;
};

/// The kernel has one table of connections for all namespaces, of a fixed number of rows.
constexpr std::int64_t uncrowded = 50'000;

/// The floor, and all others, or one after the other where together they would crowd the table.
std::vector<std::vector<const Contender*>> groups_of(const std::vector<Contender>& entries, const Load& load,
                                                     int round) {
  const auto* floor = &*std::ranges::find(entries, 0, [](const Contender& entry) { return entry.variant.spread; });
  const bool alone = static_cast<std::int64_t>(entries.size()) * load.flows > uncrowded ||
                     std::ranges::any_of(entries, [](const Contender& entry) { return entry.variant.standing > 0; });
  std::vector<std::vector<const Contender*>> groups;
  for (std::size_t turn = 0; turn < entries.size(); ++turn) {
    const auto* entry = &entries[(turn + static_cast<std::size_t>(round)) % entries.size()];
    if (entry == floor) continue;
    if (groups.empty() || alone) groups.push_back({floor});
    groups.back().push_back(entry);
  }
  return groups;
}

std::vector<Load> loads_of(const PacketOptions& options) {
  std::vector<Load> loads;
  for (const int flows : options.flows) loads.push_back({flows});
  if (options.connections > 0) loads.push_back({});
  return loads;
}

Result<void> measure_round(const std::vector<Contender>& entries, const PacketOptions& options, int round,
                           PacketFigures& figures, int& runs) {
  for (const auto& load : figures.loads) {
    std::vector<double> floors;
    for (auto& group : groups_of(entries, load, round)) {
      fmt::print(stderr, "\r\033[Kround {} of {}: {}: {}", round, options.rounds, to_text(load),
                 group.size() == 2 ? group.back()->variant.name : "all in turn");
      Slices slices(group, {load.flows, runs++}, load.steady() ? options.packets : options.connections);
      if (auto done = slices.measure(); !done) return std::unexpected(done.error().in(to_text(load)));
      floors.push_back(slices.floor());
      for (const auto* entry : group)
        if (round > 0 && entry->variant.spread > 0)
          figures.costs[load][entry->variant.name].push_back(slices.cost(entry->variant.name));
    }
    if (round > 0) figures.floor[load].push_back(figure_of(std::move(floors)).median);
  }
  return {};
}

}  // namespace

Result<PacketFigures> measure_packets(const std::vector<Variant>& variants, const PacketOptions& options) {
  const auto entries = contenders_of(variants, options.only);
  if (!entries) return std::unexpected(entries.error());
  PacketFigures figures{loads_of(options), {}, {}, {}};
  for (const auto& entry : *entries) figures.order.push_back(entry.variant.name);
  int runs = 0;
  for (int round = 0; round <= options.rounds; ++round)
    if (auto done = measure_round(*entries, options, round, figures, runs); !done) return std::unexpected(done.error());
  fmt::print(stderr, "\r\033[K");
  return figures;
}

Result<PacketFigures> measure_packets(const PacketOptions& options) {
  return measure_packets(variants_for_packets(), options);
}

}  // namespace fairlead::bench
