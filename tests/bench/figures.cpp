#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "variants.hpp"

namespace fairlead::bench {
namespace {

struct Figure {
  double median = 0;
  double low = 0;
  double high = 0;
};

Figure figure_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  const auto median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

using Costs = std::map<std::string, std::vector<double>>;  // what the router adds, ns, one a round

Costs costs_of(const Samples& samples, Load load) {
  Costs result;
  const auto& all = samples.at(load);
  const auto& floor = all.at(names::floor);
  for (const auto& [name, values] : all)
    if (name != names::floor)
      for (std::size_t round = 0; round < values.size(); ++round) result[name].push_back(values[round] - floor[round]);
  return result;
}

std::optional<Figure> ratio(const Costs& costs, const std::string& of, const std::string& to) {
  if (!costs.contains(of) || !costs.contains(to)) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < costs.at(of).size(); ++round)
    ratios.push_back(costs.at(of)[round] / costs.at(to)[round]);
  return figure_of(ratios);
}

struct Expectation {
  Load load;
  const char* of;
  const char* to;
  double at_most;
};

std::vector<Expectation> expectations() {
  std::vector<Expectation> result;
  for (const auto load : {Load::steady, Load::fresh}) {
    result.push_back({load, names::ours, names::scripts, 1.0});
    for (const auto* more : {names::uplinks64, names::policies5000, names::forwards5000})
      result.push_back({load, more, names::ours, 1.1});
  }
  return result;
}

const char* what(Load load) { return load == Load::steady ? "forwarded packet" : "new connection"; }

std::string cell(const std::optional<Figure>& figure) {
  return figure ? fmt::format("{:.2f}", figure->median) : std::string("-");
}

std::string table_of(const Samples& samples, Load load, const std::vector<std::string>& order) {
  const auto costs = costs_of(samples, load);
  const double unit = load == Load::steady ? 1 : 1000;
  const int digits = load == Load::steady ? 0 : 3;
  const auto floor = figure_of(samples.at(load).at(names::floor));
  auto text =
      fmt::format("\nA {}, one core: what the router adds, in {} (the sender alone: {:.0f} ns, {:.0f}-{:.0f})\n",
                  what(load), load == Load::steady ? "ns" : "us", floor.median, floor.low, floor.high);
  text += fmt::format("  {:<30} {:>8} {:>17} {:>9} {:>10} {:>12}\n", "", "median", "min-max", "/ plain", "/ scripts",
                      "/ 3 uplinks");
  for (const auto& name : order) {
    if (!costs.contains(name)) continue;
    const auto cost = figure_of(costs.at(name));
    text += fmt::format("  {:<30} {:>8.{}f} {:>17} {:>9} {:>10} {:>12}\n", name, cost.median / unit, digits,
                        fmt::format("{:.{}f}-{:.{}f}", cost.low / unit, digits, cost.high / unit, digits),
                        cell(ratio(costs, name, names::plain)), cell(ratio(costs, name, names::scripts)),
                        cell(ratio(costs, name, names::ours)));
  }
  return text;
}

nlohmann::json json_of(const Figure& figure) {
  return {{"median", figure.median}, {"low", figure.low}, {"high", figure.high}};
}

}  // namespace

std::string to_text(const Samples& samples, const std::vector<std::string>& order) {
  std::string text;
  for (const auto load : {Load::steady, Load::fresh}) text += table_of(samples, load, order);
  text += "\nExpectations\n";
  for (const auto& expected : expectations())
    if (const auto found = ratio(costs_of(samples, expected.load), expected.of, expected.to))
      text += fmt::format("  {:<11} {}: {} / {} is {:.2f} ({:.2f}-{:.2f}), at most {:.2f}\n",
                          found->median <= expected.at_most ? "reached" : "not reached", what(expected.load),
                          expected.of, expected.to, found->median, found->low, found->high, expected.at_most);
  return text;
}

std::string to_json(const Samples& samples, const std::vector<std::string>& order) {
  nlohmann::json json;
  for (const auto load : {Load::steady, Load::fresh}) {
    const auto costs = costs_of(samples, load);
    auto& part = json[load == Load::steady ? "forwarded_packet" : "new_connection"];
    part["floor_nanoseconds"] = json_of(figure_of(samples.at(load).at(names::floor)));
    for (const auto& name : order) {
      if (!costs.contains(name)) continue;
      nlohmann::json entry{{"name", name}, {"nanoseconds", json_of(figure_of(costs.at(name)))}};
      for (const auto& [key, to] : {std::pair{"to_plain", names::plain}, std::pair{"to_scripts", names::scripts},
                                    std::pair{"to_3_uplinks", names::ours}})
        if (const auto found = ratio(costs, name, to)) entry[key] = json_of(*found);
      part["variants"].push_back(entry);
    }
  }
  json["expectations"] = nlohmann::json::array();
  for (const auto& expected : expectations())
    if (const auto found = ratio(costs_of(samples, expected.load), expected.of, expected.to))
      json["expectations"].push_back({{"load", what(expected.load)},
                                      {"of", expected.of},
                                      {"to", expected.to},
                                      {"ratio", json_of(*found)},
                                      {"at_most", expected.at_most},
                                      {"reached", found->median <= expected.at_most}});
  return json.dump(2) + "\n";
}

}  // namespace fairlead::bench
