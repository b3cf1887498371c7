// Measures what a router costs, side by side in one run: rounds are interleaved, so that what disturbs the machine
// disturbs all alike; figures are medians, and what counts are the ratios. See docs/benchmarks.md.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "variants.hpp"

namespace fairlead::bench {
namespace {

struct Options {
  int rounds = 5;
  int packets = 300000;
  bool json = false;
};

/// Nanoseconds a packet, by load and variant, one a round.
using Samples = std::map<std::pair<Load, std::string>, std::vector<double>>;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Result<double> measure(const Network& network, const Variant& variant, Load load, int packets) {
  // The connection table must not carry over; a first few packets find the neighbours.
  static_cast<void>(network.router().run({"conntrack", "-F"}));
  if (auto warm = blast(network, Load::steady, 640); !warm) return warm;
  const auto before = network.arrived();
  const auto cost = blast(network, load, packets);
  const auto after = network.arrived();
  if (!cost || !before || !after) return cost;
  const auto through = *after - *before;
  if (variant.forwards && through < static_cast<std::uint64_t>(packets) * 99 / 100)
    return fail(fmt::format("{}: only {} of {} packets came through", variant.name, through, packets));
  return cost;
}

Result<Samples> sample(const Options& options) {
  auto network = Network::make();
  if (!network) return std::unexpected(network.error());
  Samples samples;
  const auto all = variants();
  for (int round = 1; round <= options.rounds; ++round)
    for (const auto& variant : all) {
      fmt::print(stderr, "\r\033[Kround {} of {}: {}", round, options.rounds, variant.name);
      if (auto up = variant.up(*network); !up) return std::unexpected(up.error().in(variant.name));
      for (const auto load : {Load::steady, Load::fresh}) {
        const auto packets = load == Load::steady ? options.packets : options.packets / 3;
        const auto cost = measure(*network, variant, load, packets);
        if (!cost) return std::unexpected(cost.error());
        samples[{load, variant.name}].push_back(*cost);
      }
      if (auto down = variant.down(*network); !down) return std::unexpected(down.error().in(variant.name));
    }
  fmt::print(stderr, "\r\033[K");
  return samples;
}

struct Figure {
  double cost = 0;  ///< median ns that the router adds
  double low = 0;
  double high = 0;
};

std::map<std::string, Figure> figures(const Samples& samples, Load load) {
  const auto base = median(samples.at({load, "floor"}));
  std::map<std::string, Figure> result;
  for (const auto& [key, values] : samples)
    if (key.first == load && key.second != "floor") {
      const auto [low, high] = std::ranges::minmax(values);
      result[key.second] = {median(values) - base, low - base, high - base};
    }
  return result;
}

constexpr const char* ours = "fairlead, 3 uplinks";
constexpr const char* theirs = "old scripts (iptables)";

void print_table(const char* title, const std::map<std::string, Figure>& table) {
  fmt::print("\n{}\n  {:<26} {:>8} {:>15} {:>10} {:>12}\n", title, "", "ns", "spread", "/ scripts", "/ 3 uplinks");
  for (const auto& [name, figure] : table)
    fmt::print("  {:<26} {:>8.0f} {:>7.0f}-{:<7.0f} {:>10.2f} {:>12.2f}\n", name, figure.cost, figure.low, figure.high,
               figure.cost / table.at(theirs).cost, figure.cost / table.at(ours).cost);
}

nlohmann::json to_json(const std::map<std::string, Figure>& table) {
  nlohmann::json json;
  for (const auto& [name, figure] : table)
    json[name] = {{"nanoseconds", figure.cost},
                  {"low", figure.low},
                  {"high", figure.high},
                  {"to_scripts", figure.cost / table.at(theirs).cost},
                  {"to_3_uplinks", figure.cost / table.at(ours).cost}};
  return json;
}

int run(const Options& options) {
  const auto samples = sample(options);
  if (!samples) {
    fmt::print(stderr, "fairlead_bench: {}\n", samples.error().message);
    return 1;
  }
  const auto steady = figures(*samples, Load::steady);
  const auto fresh = figures(*samples, Load::fresh);
  if (options.json) {
    fmt::print("{}\n",
               nlohmann::json{{"forwarded_packet", to_json(steady)}, {"new_connection", to_json(fresh)}}.dump(2));
    return 0;
  }
  print_table("A forwarded packet (64 bytes of UDP, 64 flows), one core, what the router adds", steady);
  print_table("A new connection (one packet each), one core, what the router adds", fresh);
  return 0;
}

}  // namespace
}  // namespace fairlead::bench

int main(int argc, char** argv) {
  fairlead::bench::Options options;
  CLI::App app("What a router costs, side by side in one run. Needs root.");
  app.add_option("--rounds", options.rounds, "interleaved rounds")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--packets", options.packets, "a measurement")->check(CLI::Range(6400, 600000))->capture_default_str();
  app.add_flag("--json", options.json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  return fairlead::bench::run(options);
}
