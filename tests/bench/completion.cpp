#include "completion.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "percentile.hpp"

namespace fairlead::bench {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

template <typename Value>
Figure over_rounds(const CompletionFigures& figures, const Value& value) {
  std::vector<double> values;
  for (const auto& round : figures.rounds) values.push_back(value(round));
  return figure_of(values);
}

/// A figure of the slowdowns and its name in JSON.
struct Column {
  const char* key;
  double (*value)(const CompletionRound&);
};

constexpr std::array columns{
    Column{"slowdown_mean", [](const CompletionRound& round) { return mean(round.slowdowns); }},
    Column{"slowdown_p50", [](const CompletionRound& round) { return percentile(round.slowdowns, 0.5); }},
    Column{"slowdown_p95", [](const CompletionRound& round) { return percentile(round.slowdowns, 0.95); }},
    Column{"slowdown_p99", [](const CompletionRound& round) { return percentile(round.slowdowns, 0.99); }},
    Column{"milliseconds_mean", [](const CompletionRound& round) { return mean(round.seconds) * 1000; }},
    Column{"unfinished", [](const CompletionRound& round) { return static_cast<double>(round.unfinished); }}};

std::string links_of(const Completions& figures) {
  std::string text;
  for (const double mbit : figures.mbit) text += fmt::format("{}{:g}", text.empty() ? "" : ", ", mbit);
  return text;
}

}  // namespace

Figure mean_slowdown(const CompletionFigures& figures) { return over_rounds(figures, columns.front().value); }

std::string to_text(const Completions& figures) {
  auto text = fmt::format(
      "Downloads over links of {} Mbit/s. Slowdown: time / time alone over the fastest link\n\n"
      "| method | load, % | mean slowdown | median | p95 | p99 | mean time, ms | unfinished |\n"
      "|---|---|---|---|---|---|---|---|\n",
      links_of(figures));
  for (const auto& one : figures.flows) {
    text += fmt::format("| {} | {:.0f} |", one.method, one.load * 100);
    for (const auto& column : columns) {
      const auto figure = over_rounds(one, column.value);
      const int digits = std::string_view(column.key).starts_with("slowdown") ? 2 : 0;
      text += one.rounds.size() > 1 ? fmt::format(" {} |", to_text(figure, digits))
                                    : fmt::format(" {:.{}f} |", figure.median, digits);
    }
    text += "\n";
  }
  text += "\nEight downloads at once\n\n| method | % of the summed capacity |\n|---|---|\n";
  for (const auto& one : figures.downloads) {
    auto percent = one.parts;
    for (auto& part : percent) part *= 100;
    text += fmt::format("| {} | {} |\n", one.method, to_text(figure_of(percent), 1));
  }
  return text;
}

nlohmann::json json_of(const Completions& figures) {
  nlohmann::json json{
      {"mbit", figures.mbit}, {"flows", nlohmann::json::array()}, {"downloads", nlohmann::json::array()}};
  for (const auto& one : figures.flows) {
    nlohmann::json entry{{"method", one.method}, {"load", one.load}};
    for (const auto& column : columns) entry[column.key] = json_of(over_rounds(one, column.value));
    entry["flows"] = over_rounds(one, [](const CompletionRound& round) {
                       return static_cast<double>(round.slowdowns.size());
                     }).median;
    json["flows"].push_back(std::move(entry));
  }
  for (const auto& one : figures.downloads)
    json["downloads"].push_back({{"method", one.method}, {"part_of_capacity", json_of(figure_of(one.parts))}});
  return json;
}

}  // namespace fairlead::bench
