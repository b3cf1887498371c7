#include "suite_plots.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::bench {
namespace {

Figure per_second(const Figure& nanoseconds) {
  return {1e9 / nanoseconds.median, 1e9 / nanoseconds.high, 1e9 / nanoseconds.low};
}

}  // namespace

std::vector<Plot> plots_of(const PacketFigures& figures) {
  Bars packets{"What the router adds to a packet of 64 bytes", "ns", {}, {}};
  Bars connections{"New connections a second, one core", "", {}, {{"UDP, each packet a new flow", {}}}};
  for (const auto& name : figures.order)
    if (name != names::floor) packets.labels.push_back(name);
  connections.labels = packets.labels;
  for (const auto& load : figures.loads) {
    const auto& costs = figures.costs.at(load);
    Bars::Series series{to_text(load), {}};
    for (const auto& name : packets.labels) {
      const auto cost = figure_of(costs.at(name));
      series.values.push_back(cost);
      if (!load.steady()) connections.series.front().values.push_back(per_second(cost));
    }
    if (load.steady()) packets.series.push_back(std::move(series));
  }
  std::vector<Plot> plots{{"bench-packets.svg", svg_of(packets)}};
  if (!connections.series.front().values.empty()) plots.push_back({"bench-connections.svg", svg_of(connections)});
  return plots;
}

std::vector<Plot> plots_of(const std::vector<Sweep>& sweeps) {
  Lines steady{"A known flow's packet, against the smallest size", "size", "times", true, false, {}};
  Lines fresh{"A new connection, against the smallest size", "size", "times", true, false, {}};
  for (const auto& sweep : sweeps)
    for (const auto& load : sweep.figures.loads) {
      Lines::Series series{sweep.kind, {}};
      for (const auto& cost : costs_of(sweep, load))
        series.points.push_back({static_cast<double>(cost.size), cost.to_smallest});
      (load.steady() ? steady : fresh).series.push_back(std::move(series));
    }
  return {{"bench-sizes-packets.svg", svg_of(steady)}, {"bench-sizes-connections.svg", svg_of(fresh)}};
}

std::vector<Plot> plots_of(const StreamFigures& figures) {
  Bars goodput{"TCP goodput", "Gbit/s", {}, {}};
  for (const int connections : figures.connections)
    goodput.series.push_back({fmt::format("{} {}", connections, connections == 1 ? "download" : "downloads"), {}});
  for (const auto& router : figures.routers) {
    goodput.labels.push_back(router.name);
    for (std::size_t n = 0; n < router.gbit.size(); ++n) goodput.series[n].values.push_back(figure_of(router.gbit[n]));
  }
  return {{"bench-goodput.svg", svg_of(goodput)}};
}

std::vector<Plot> plots_of(const Completions& figures) {
  Lines slowdowns{"Downloads over unequal uplinks",
                  "load, % of the summed capacity",
                  "mean slowdown against the fastest link alone",
                  false,
                  true,
                  {}};
  for (const auto& one : figures.flows) {
    auto series = std::ranges::find(slowdowns.series, one.method, &Lines::Series::name);
    if (series == slowdowns.series.end()) series = slowdowns.series.insert(series, {one.method, {}});
    series->points.push_back({one.load * 100, mean_slowdown(one)});
  }
  return {{"bench-completion.svg", svg_of(slowdowns)}};
}

}  // namespace fairlead::bench
