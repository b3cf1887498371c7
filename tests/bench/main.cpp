// Measures what a router costs, side by side in one run: rounds are interleaved, so that what disturbs the machine
// disturbs all alike, and what counts are the ratios. See docs/benchmarks.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <numeric>

#include "failover.hpp"
#include "figures.hpp"
#include "idle.hpp"
#include "lab/wait.hpp"
#include "page_cost.hpp"
#include "sender.hpp"
#include "sync_load.hpp"
#include "takeover.hpp"
#include "variants.hpp"

namespace fairlead::bench {
namespace {

struct Options {
  int rounds = 5;
  int packets = 300000;
  int connections = 100000;
  int flows = 64;
  bool json = false;
  std::vector<std::string> only;
  bool failover = false;
  int runs = 50;
  int parallel = 1;
  bool idle = false;
  int seconds = 60;
  bool page = false;
  bool pair = false;
  std::string advert = "100ms";
  int crowd = 250;
  int entries = 0;
  bool sync = false;
};

struct Entry {
  Variant variant;
  Network network;
};

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// All packets, and over as many uplinks as the variant promises. The last few may still be on their way.
Result<void> check_arrivals(const Entry& entry, const std::vector<std::uint64_t>& before, const Blast& sent) {
  const auto wanted = entry.variant.spread == 0 ? 0U : static_cast<std::uint64_t>(sent.packets);
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
  const int promised = sent.load == Load::steady ? std::min(entry.variant.spread, sent.flows) : entry.variant.spread;
  if (used < promised) return fail(fmt::format("only {} of {} uplinks were used", used, promised));
  return {};
}

Result<void> forget_connections(const Entry& entry) {
  const auto done = entry.network.router().must_run({"conntrack", "-F"});
  return done ? Result<void>{} : std::unexpected(done.error());
}

/// Connections of an earlier round would make this one cheaper; those of this one would crowd the others' table.
Result<double> measure(const Entry& entry, const Blast& wanted) {
  if (auto empty = forget_connections(entry); !empty) return std::unexpected(empty.error());
  const auto before = entry.network.arrived();
  if (!before) return std::unexpected(before.error());
  auto cost = blast(entry.network, wanted);
  if (!cost) return cost;
  if (auto arrived = check_arrivals(entry, *before, wanted); !arrived) return std::unexpected(arrived.error());
  if (auto empty = forget_connections(entry); !empty) return std::unexpected(empty.error());
  return cost;
}

bool is_wanted(const Variant& variant, const std::vector<std::string>& only) {
  return only.empty() || variant.spread == 0 ||
         std::ranges::any_of(only, [&](const std::string& part) { return variant.name.contains(part); });
}

Result<std::vector<Entry>> build(const Options& options) {
  std::vector<Entry> entries;
  for (const auto& variant : variants()) {
    if (!is_wanted(variant, options.only)) continue;
    fmt::print(stderr, "\r\033[Kbuilding: {}", variant.name);
    auto network = Network::make(static_cast<int>(entries.size()), variant.uplinks);
    if (!network) return std::unexpected(network.error().in(variant.name));
    if (auto up = variant.up(*network); !up) return std::unexpected(up.error().in(variant.name));
    entries.push_back({variant, std::move(*network)});
  }
  return entries;
}

Result<Samples> sample(const std::vector<Entry>& entries, const Options& options) {
  Samples samples;
  // Round 0 warms caches and is thrown away. Each round begins with another variant, so that none is always first.
  for (int round = 0; round <= options.rounds; ++round)
    for (std::size_t turn = 0; turn < entries.size(); ++turn) {
      const auto& entry = entries[(turn + static_cast<std::size_t>(round)) % entries.size()];
      fmt::print(stderr, "\r\033[Kround {} of {}: {}", round, options.rounds, entry.variant.name);
      for (const auto load : {Load::steady, Load::fresh}) {
        const int packets = load == Load::steady ? options.packets : options.connections;
        const auto cost = measure(entry, {load, packets / batch * batch, options.flows});
        if (!cost) return std::unexpected(cost.error().in(entry.variant.name));
        if (round > 0) samples[load][entry.variant.name].push_back(*cost);
      }
    }
  fmt::print(stderr, "\r\033[K");
  return samples;
}

/// The program that was built beside this one.
std::string program() { return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fairlead"; }

template <typename Figures>
int print(const Result<Figures>& figures, bool json) {
  if (!figures) {
    fmt::print(stderr, "\nfairlead_bench: {}\n", figures.error().message);
    return 1;
  }
  fmt::print("{}", json ? to_json(*figures) : to_text(*figures));
  return 0;
}

Result<std::vector<IdleFigures>> measure_idle_routers(const Options& options) {
  std::vector<IdleFigures> figures;
  for (const int uplinks : {5, 64}) {
    auto measured = measure_idle(uplinks, std::chrono::seconds(options.seconds), program());
    if (!measured) return std::unexpected(measured.error());
    figures.push_back(*measured);
  }
  return figures;
}

int run(const Options& options) {
  if (options.failover)
    return print(measure_failover({options.runs, options.parallel, options.only, program()}), options.json);
  if (options.pair)
    return print(
        measure_takeovers({options.runs, options.crowd, options.advert, options.entries, options.only, program()}),
        options.json);
  if (options.page)
    return print(measure_page({.time = std::chrono::seconds(options.seconds), .program = program()}), options.json);
  if (options.sync) return print(measure_sync_load({5000, options.seconds, program()}), options.json);
  if (options.idle) return print(measure_idle_routers(options), options.json);
  const auto entries = build(options);
  const auto samples = entries ? sample(*entries, options) : std::unexpected(entries.error());
  if (!samples) {
    fmt::print(stderr, "\nfairlead_bench: {}\n", samples.error().message);
    return 1;
  }
  std::vector<std::string> order;
  for (const auto& entry : *entries) order.push_back(entry.variant.name);
  fmt::print("{}", options.json ? to_json(*samples, order) : to_text(*samples, order));
  return 0;
}

}  // namespace
}  // namespace fairlead::bench

int main(int argc, char** argv) {
  fairlead::bench::Options options;
  CLI::App app("What a router costs, side by side in one run. Needs root.");
  app.add_option("--rounds", options.rounds, "interleaved rounds")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--packets", options.packets, "a measurement")
      ->check(CLI::Range(6400, 9000000))
      ->capture_default_str();
  // Below the usual limit of the connection table, 262,144.
  app.add_option("--connections", options.connections, "new ones a measurement")
      ->check(CLI::Range(6400, 200000))
      ->capture_default_str();
  app.add_option("--flows", options.flows, "of the steady load")->check(CLI::Range(1, 50000))->capture_default_str();
  app.add_option("--only", options.only, "variants whose name contains one of these");
  auto* failover = app.add_flag("--failover", options.failover, "instead: how long failures hurt");
  app.add_option("--runs", options.runs, "of each failure")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--parallel", options.parallel, "kinds of failure at a time; they mostly wait")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_flag("--idle", options.idle, "instead: what the router costs while only its probes run")->excludes(failover);
  app.add_flag("--page", options.page, "instead: what 50 open pages and 10,000 requests for metrics cost")
      ->excludes(failover);
  app.add_option("--seconds", options.seconds, "that --idle looks on, --page asks, and --sync opens")
      ->check(CLI::Range(5, 3600))
      ->capture_default_str();
  app.add_flag("--pair", options.pair, "instead: what a LAN sees when one of a pair of routers goes")
      ->excludes(failover);
  app.add_option("--advert", options.advert, "VRRP interval of --pair")->capture_default_str();
  app.add_option("--crowd", options.crowd, "TCP connections of --pair, of each of four habits")
      ->check(CLI::Range(1, 2500))
      ->capture_default_str();
  app.add_option("--entries", options.entries, "more entries of the connection table, for --pair")
      ->check(CLI::Range(0, 200000))
      ->capture_default_str();
  app.add_flag("--sync", options.sync, "instead: what copying 5,000 new connections a second to the other router costs")
      ->excludes(failover);
  app.add_flag("--json", options.json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  return fairlead::bench::run(options);
}
