// The measuring: labs for all methods at once, and rounds that go from one to the next.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <ranges>

#include "completion.hpp"
#include "lab/download.hpp"
#include "percentile.hpp"
#include "shaped_lab.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array links{500.0, 200.0, 100.0, 50.0, 20.0};  // Mbit/s
constexpr std::array methods{"weighted-round-robin", "source-hash", "source-destination-hash", "least-loaded",
                             "overflow"};
constexpr auto patience = 30s;
constexpr Seconds warming{2};  // of the parallel downloads, for TCP to find its rate

/// How long a download takes alone over the fastest link, by its size; straight lines between what was measured.
class Alone {
 public:
  static Result<Alone> measure(const ShapedLab& lab, const Sizes& sizes) {
    Alone alone;
    for (const double part : {0.0, 0.3, 0.6, 0.8, 0.9, 0.96, 0.99, 1.0}) {
      const auto bytes = static_cast<std::uint64_t>(sizes.quantile(part));
      std::vector<double> seconds;
      for (int n = 0; n < 3; ++n) {
        const auto times = run_flows(lab.client(), lab.ends(), {{Seconds(0), bytes}}, patience);
        if (!times) return std::unexpected(times.error());
        if (!times->front()) return fail(fmt::format("{} bytes do not come over a free link", bytes));
        seconds.push_back(times->front()->count());
      }
      alone.points_.push_back({static_cast<double>(bytes), percentile(seconds, 0.5)});
    }
    return alone;
  }
  [[nodiscard]] double seconds(std::uint64_t bytes) const {
    const auto size = static_cast<double>(bytes);
    std::size_t after = 1;
    while (after + 1 < points_.size() && points_[after].bytes < size) ++after;
    const auto& [low, fast] = points_[after - 1];
    const auto& [high, slow] = points_[after];
    return fast + (slow - fast) * (size - low) / (high - low);
  }

 private:
  struct Point {
    double bytes = 0;
    double seconds = 0;
  };
  std::vector<Point> points_;
};

struct Balancer {
  std::string method;
  ShapedLab lab;
};

Result<std::vector<Balancer>> build(const std::vector<double>& mbit, const CompletionOptions& options) {
  std::vector<Balancer> balancers;
  const auto add = [&](const char* name, const ShapedLinks& shape) -> Result<void> {
    fmt::print(stderr, "\r\033[Kbuilding: {}", name);
    auto lab = ShapedLab::up(static_cast<int>(balancers.size()), shape, options.program);
    if (!lab) return std::unexpected(lab.error().in(name));
    if (*lab) balancers.push_back({name, **std::move(lab)});
    return {};
  };
  for (const auto* method : methods) {
    const auto wanted = [&](const std::string& part) { return std::string(method).contains(part); };
    if (!options.only.empty() && !std::ranges::any_of(options.only, wanted)) continue;
    if (auto added = add(method, {mbit, method}); !added) return std::unexpected(added.error());
  }
  const double sum = std::accumulate(mbit.begin(), mbit.end(), 0.0);
  if (auto added = add(bound, {{sum}, methods.front()}); !added) return std::unexpected(added.error());
  return balancers;
}

Result<CompletionRound> run_load(const ShapedLab& lab, const FlowLoad& load, const Alone& alone) {
  const auto plan = plan_flows(load);
  const auto times = run_flows(lab.client(), lab.ends(), plan, patience);
  if (!times) return std::unexpected(times.error());
  CompletionRound round;
  for (std::size_t n = 0; n < plan.size(); ++n) {
    if (plan[n].begin < load.time / 10) continue;
    const auto& time = (*times)[n];
    const auto seconds = time ? *time : plan.back().begin + patience - plan[n].begin;
    round.unfinished += time ? 0 : 1;
    round.seconds.push_back(seconds.count());
    round.slowdowns.push_back(seconds.count() / alone.seconds(plan[n].bytes));
  }
  return round;
}

/// What part of the capacity eight downloads of one host from one server get.
Result<double> run_downloads(const ShapedLab& lab, Seconds time) {
  const auto download = lab::Download::start(lab.client(), {lab.ends().to.front()}, {.connections = 8});
  if (!download) return std::unexpected(download.error());
  const auto wait = [](Seconds part) {
    const auto until = lab::Clock::now() + std::chrono::duration_cast<lab::Clock::duration>(part);
    static_cast<void>(lab::wait_ready(-1, 0, until));
  };
  wait(warming);
  const auto before = (*download)->bytes();
  const auto begun = lab::Clock::now();
  wait(time);
  const Seconds passed = lab::Clock::now() - begun;
  return static_cast<double>((*download)->bytes() - before) / passed.count() / lab.capacity();
}

Result<void> run_round(const std::vector<Balancer>& balancers, const CompletionOptions& options, int round,
                       const Alone& alone, Completions& figures) {
  for (std::size_t turn = 0; turn < balancers.size(); ++turn) {
    const auto which = (turn + static_cast<std::size_t>(round)) % balancers.size();
    const auto& [method, lab] = balancers[which];
    for (std::size_t step = 0; step < options.loads.size(); ++step) {
      const double part = options.loads[step];
      fmt::print(stderr, "\r\033[Kround {} of {}: {} at {:.0f} %", round + 1, options.rounds, method, part * 100);
      const FlowLoad load{part * lab.capacity(), options.time, {}, static_cast<std::uint64_t>(round) * 10 + step + 1};
      auto measured = run_load(lab, load, alone);
      if (!measured) return std::unexpected(measured.error().in(fmt::format("{} at {:.0f} %", method, part * 100)));
      figures.flows[which * options.loads.size() + step].rounds.push_back(*std::move(measured));
    }
    const auto measured = run_downloads(lab, options.downloading);
    if (!measured) return std::unexpected(measured.error().in(method));
    figures.downloads[which].parts.push_back(*measured);
  }
  return {};
}

}  // namespace

Result<Completions> measure_completion(const CompletionOptions& options) {
  Completions figures;
  for (const double mbit : links) figures.mbit.push_back(mbit / options.divide);
  const auto balancers = build(figures.mbit, options);
  if (!balancers) return std::unexpected(balancers.error());
  const auto fastest =
      ShapedLab::up(static_cast<int>(balancers->size()), {{figures.mbit.front()}, methods.front()}, options.program);
  if (!fastest) return std::unexpected(fastest.error().in("the fastest link alone"));
  const auto alone = Alone::measure(**fastest, {});
  if (!alone) return std::unexpected(alone.error().in("the fastest link alone"));
  for (const auto& balancer : *balancers) {
    for (const double load : options.loads) figures.flows.push_back({balancer.method, load, {}});
    figures.downloads.push_back({balancer.method, {}});
  }
  for (int round = 0; round < options.rounds; ++round)
    if (auto done = run_round(*balancers, options, round, *alone, figures); !done) return std::unexpected(done.error());
  fmt::print(stderr, "\r\033[K");
  return figures;
}

}  // namespace fairlead::bench
