// Measurements → medians, ratios and verdicts, as text or JSON.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "packets.hpp"

namespace fairlead::bench {

std::optional<Figure> ratio(const Costs& costs, const std::string& of, const std::string& to) {
  if (!costs.contains(of) || !costs.contains(to)) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < costs.at(of).size(); ++round)
    ratios.push_back(costs.at(of)[round] / costs.at(to)[round]);
  return figure_of(ratios);
}

namespace {

/// Columns of the tables.
struct Reference {
  const char* key;
  const char* title;
  const char* name;
};
constexpr std::array references{Reference{"to_plain", "/ plain", names::plain},
                                Reference{"to_scripts", "/ scripts", names::scripts},
                                Reference{"to_redirect", "/ redirect", names::redirect}};

enum class On : std::uint8_t { steady, fresh };

struct Expectation {
  On load;
  const char* of;
  const char* to;
  double at_most;
};
// Twice as many new connections a second is half of the cost.
constexpr std::array expectations{Expectation{On::steady, names::fast, names::plain, 0.75},
                                  Expectation{On::steady, names::fast, names::scripts, 0.5},
                                  Expectation{On::steady, names::fast, names::redirect, 1.2},
                                  Expectation{On::steady, names::ours, names::scripts, 1.0},
                                  Expectation{On::fresh, names::ours, names::scripts, 1.0},
                                  Expectation{On::fresh, names::ours_16, names::mwan3_16, 0.5}};

struct Verdict {
  Load load;
  Expectation expected;
  Figure ratio;
  [[nodiscard]] bool reached() const { return ratio.median <= expected.at_most; }
};

std::vector<Verdict> verdicts(const PacketFigures& figures) {
  std::vector<Verdict> result;
  for (const auto& expected : expectations)
    for (const auto& load : figures.loads) {
      if (load.steady() != (expected.load == On::steady)) continue;
      if (const auto found = ratio(figures.costs.at(load), expected.of, expected.to))
        result.push_back({load, expected, *found});
    }
  return result;
}

std::string table_of(const PacketFigures& figures, const Load& load) {
  const auto& costs = figures.costs.at(load);
  const auto floor = figure_of(figures.floor.at(load));
  auto text = fmt::format("{}: what the router adds to a packet (the sender alone: {} ns)\n\n| | ns |", to_text(load),
                          to_text(floor, 0));
  for (const auto& reference : references) text += fmt::format(" {} |", reference.title);
  text += load.steady() ? "\n|---|---|---|---|---|\n" : " new connections a second |\n|---|---|---|---|---|---|\n";
  for (const auto& name : figures.order) {
    if (!costs.contains(name)) continue;
    const auto cost = figure_of(costs.at(name));
    text += fmt::format("| {} | {} |", name, to_text(cost, 0));
    for (const auto& reference : references) {
      const auto found = ratio(costs, name, reference.name);
      text += found ? fmt::format(" {:.2f} |", found->median) : " - |";
    }
    if (!load.steady()) text += fmt::format(" {} |", with_thousands(static_cast<int>(1e9 / cost.median)));
    text += "\n";
  }
  return text + "\n";
}

nlohmann::json table_as_json(const PacketFigures& figures, const Load& load) {
  const auto& costs = figures.costs.at(load);
  nlohmann::json table{{"load", to_text(load)},
                       {"flows", load.flows},
                       {"floor_nanoseconds", json_of(figure_of(figures.floor.at(load)))},
                       {"variants", nlohmann::json::array()}};
  for (const auto& name : figures.order) {
    if (!costs.contains(name)) continue;
    nlohmann::json entry{{"name", name}, {"nanoseconds", json_of(figure_of(costs.at(name)))}};
    for (const auto& reference : references)
      if (const auto found = ratio(costs, name, reference.name)) entry[reference.key] = json_of(*found);
    table["variants"].push_back(std::move(entry));
  }
  return table;
}

}  // namespace

std::string to_text(const PacketFigures& figures) {
  std::string text;
  for (const auto& load : figures.loads) text += table_of(figures, load);
  for (const auto& verdict : verdicts(figures))
    text += fmt::format("- {}: {}: {} / {} is {}, at most {:.2f}\n", verdict.reached() ? "reached" : "not reached",
                        to_text(verdict.load), verdict.expected.of, verdict.expected.to, to_text(verdict.ratio, 2),
                        verdict.expected.at_most);
  return text;
}

nlohmann::json json_of(const PacketFigures& figures) {
  nlohmann::json json{{"loads", nlohmann::json::array()}, {"expectations", nlohmann::json::array()}};
  for (const auto& load : figures.loads) json["loads"].push_back(table_as_json(figures, load));
  for (const auto& verdict : verdicts(figures))
    json["expectations"].push_back({{"load", to_text(verdict.load)},
                                    {"of", verdict.expected.of},
                                    {"to", verdict.expected.to},
                                    {"ratio", json_of(verdict.ratio)},
                                    {"at_most", verdict.expected.at_most},
                                    {"reached", verdict.reached()}});
  return json;
}

}  // namespace fairlead::bench
