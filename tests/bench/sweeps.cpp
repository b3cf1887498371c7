#include "sweeps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "figure.hpp"
#include "other_routers.hpp"
#include "table_limit.hpp"

namespace fairlead::bench {
namespace {

struct Kind {
  std::string name;
  std::vector<int> sizes;
  std::function<Variant(const std::string& name, int size)> variant;
};

const std::vector<int> standing{1000, 10'000, 100'000, 1'000'000};

/// Of Fairlead, by what grows; `offload` as in the file.
std::vector<Kind> own_kinds(const std::string& suffix, const char* offload) {
  const auto growing = [&](const char* name, std::vector<int> sizes, int Size::* member) {
    return Kind{name + suffix, std::move(sizes), [member, offload](const std::string& variant, int count) {
                  Size size;
                  size.offload = offload;
                  size.*member = count;
                  return fairlead(variant, size);
                }};
  };
  return {growing("uplinks", {1, 3, 16, 64}, &Size::uplinks),
          growing("policies", {10, 100, 1000, 10'000}, &Size::policies),
          growing("forwards", {10, 100, 1000, 10'000}, &Size::forwards), growing("LANs", {1, 4, 16, 64}, &Size::lans),
          growing("connections", standing, &Size::standing)};
}

std::vector<Kind> kinds() {
  auto all = own_kinds("", "off");
  if (is_available({.offload = "ebpf"}))
    for (auto& kind : own_kinds(", fast path", "ebpf")) all.push_back(std::move(kind));
  // What the kernel's table itself costs, whatever the rules.
  all.push_back({"connections, old scripts", standing, [](const std::string& name, int count) {
                   auto variant = scripts();
                   variant.name = name;
                   variant.standing = count;
                   return variant;
                 }});
  return all;
}

Result<Sweep> measure(const Kind& kind, const SweepOptions& options) {
  Sweep sweep{kind.name, {}, {}};
  std::vector<Variant> variants{floor()};
  int most = 0;
  for (const int size : kind.sizes) {
    sweep.points.push_back({size, fmt::format("{} {}", with_thousands(size), kind.name)});
    variants.push_back(kind.variant(sweep.points.back().variant, size));
    most = std::max(most, variants.back().standing);
  }
  const auto room = TableLimit::at_least(static_cast<std::uint64_t>(most + options.connections + options.flows + 1000));
  if (!room) return std::unexpected(room.error());
  auto figures = measure_packets(variants, {.rounds = options.rounds,
                                            .packets = options.packets,
                                            .connections = options.connections,
                                            .flows = {options.flows},
                                            .only = {}});
  if (!figures) return std::unexpected(figures.error());
  sweep.figures = *std::move(figures);
  return sweep;
}

}  // namespace

std::vector<SweptCost> costs_of(const Sweep& sweep, const Load& load) {
  const auto& costs = sweep.figures.costs.at(load);
  std::vector<SweptCost> result;
  for (const auto& [size, variant] : sweep.points)
    result.push_back({size, figure_of(costs.at(variant)), *ratio(costs, variant, sweep.points.front().variant)});
  return result;
}

Result<std::vector<Sweep>> measure_sweeps(const SweepOptions& options) {
  std::vector<Sweep> sweeps;
  for (const auto& kind : kinds()) {
    const auto wanted = [&](const std::string& part) { return kind.name.contains(part); };
    if (!options.only.empty() && !std::ranges::any_of(options.only, wanted)) continue;
    auto sweep = measure(kind, options);
    if (!sweep) return std::unexpected(sweep.error().in(kind.name));
    sweeps.push_back(*std::move(sweep));
  }
  return sweeps;
}

std::string to_text(const std::vector<Sweep>& sweeps) {
  std::string text;
  for (const auto& sweep : sweeps)
    for (const auto& load : sweep.figures.loads) {
      text += fmt::format("{}, {}\n\n| | ns | / smallest |\n|---|---|---|\n", sweep.kind, to_text(load));
      for (const auto& point : costs_of(sweep, load))
        text += fmt::format("| {} | {} | {} |\n", with_thousands(point.size), to_text(point.nanoseconds, 0),
                            to_text(point.to_smallest, 2));
      text += "\n";
    }
  return text;
}

nlohmann::json json_of(const std::vector<Sweep>& sweeps) {
  auto list = nlohmann::json::array();
  for (const auto& sweep : sweeps)
    for (const auto& load : sweep.figures.loads) {
      nlohmann::json entry{{"kind", sweep.kind}, {"load", to_text(load)}, {"flows", load.flows}};
      for (const auto& point : costs_of(sweep, load))
        entry["points"].push_back({{"size", point.size},
                                   {"nanoseconds", json_of(point.nanoseconds)},
                                   {"to_smallest", json_of(point.to_smallest)}});
      list.push_back(std::move(entry));
    }
  return list;
}

}  // namespace fairlead::bench
