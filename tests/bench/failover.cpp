#include "failover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "percentile.hpp"

namespace fairlead::bench {
namespace {

using Kind = lab::Fault::Kind;

std::string cell(const std::vector<Milliseconds>& times, double part) {
  std::vector<double> values;
  for (const auto& time : times) values.push_back(time.count());
  return values.empty() ? "-" : fmt::format("{:.0f}", percentile(values, part));
}

bool is_wanted(const Failure& failure, const std::vector<std::string>& only) {
  return only.empty() ||
         std::ranges::any_of(only, [&](const std::string& part) { return failure.name.contains(part); });
}

}  // namespace

std::vector<Failure> failures() {
  using std::chrono::seconds;
  const auto fault = [](Kind kind) { return lab::Fault{.kind = kind}; };
  const std::string names = "probe = [\"icmp\", \"dns:example.org=192.0.2.1\"]\ntargets = [\"9.9.9.9\", \"1.1.1.1\"]\n";
  const std::string pages = "probe = [\"icmp\", \"http://example.org/\"]\ntargets = [\"9.9.9.9\", \"1.1.1.1\"]\n";
  return {
      {.name = "carrier lost", .fault = std::nullopt, .health = ""},
      {.name = "gateway silent, traffic", .fault = fault(Kind::silence), .load = Failure::Load::traffic, .health = ""},
      {.name = "gateway silent, no traffic", .fault = fault(Kind::silence), .load = Failure::Load::quiet, .health = ""},
      {.name = "blackhole behind the gateway, traffic",
       .fault = fault(Kind::blackhole),
       .load = Failure::Load::traffic,
       .health = ""},
      {.name = "blackhole behind the gateway, no traffic",
       .fault = fault(Kind::blackhole),
       .load = Failure::Load::quiet,
       .health = ""},
      {.name = "names hijacked (`dns:NAME=ADDRESS`)", .fault = fault(Kind::hijack), .health = names},
      {.name = "captive portal (`http://…`)", .fault = fault(Kind::captive), .health = pages},
      {.name = "DHCP lease refused", .fault = std::nullopt, .leased = true, .health = ""},
      {.name = "router advertisement withdrawn (IPv6)", .fault = std::nullopt, .advertised = true, .health = ""},
      {.name = "30 % loss in each direction, to degraded",
       .fault = lab::Fault{.kind = Kind::loss, .percent = 30},
       .health = "",
       .degrades = true,
       .calm = seconds(30)},
      {.name = "+800 ms latency, to degraded",
       .fault = lab::Fault{.kind = Kind::delay, .delay = std::chrono::milliseconds(800)},
       .health = "",
       .degrades = true,
       .calm = seconds(10)}};
}

Result<std::vector<FailoverFigures>> measure_failover(const FailoverOptions& options) {
  std::vector<Failure> wanted;
  for (auto& failure : failures())
    if (is_wanted(failure, options.only)) wanted.push_back(std::move(failure));
  std::vector<FailoverFigures> figures(wanted.size());
  std::atomic<std::size_t> next = 0;
  std::mutex guard;
  std::optional<Error> trouble;
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < options.parallel; ++number)
      threads.emplace_back([&] {
        for (std::size_t index = next++; index < wanted.size(); index = next++) {
          auto measured = measure_failure(wanted[index], options);
          const std::lock_guard lock(guard);
          if (!measured) {
            trouble = measured.error().in(wanted[index].name);
            return;
          }
          figures[index] = std::move(*measured);
          fmt::print(stderr, "{}: done\n", wanted[index].name);
        }
      });
  }
  if (trouble) return std::unexpected(*trouble);
  return figures;
}

std::string to_text(const std::vector<FailoverFigures>& figures) {
  std::string text =
      "| | new connection over a live uplink, ms: p50 | p99 | old connections reset, ms: p50 | p99 | runs |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& one : figures)
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", one.name, cell(one.moved, 0.5), cell(one.moved, 0.99),
                        cell(one.reset, 0.5), cell(one.reset, 0.99), one.moved.size());
  return text;
}

nlohmann::json json_of(const std::vector<FailoverFigures>& figures) {
  auto list = nlohmann::json::array();
  const auto numbers = [](const std::vector<Milliseconds>& times) {
    auto json = nlohmann::json::array();
    for (const auto& time : times) json.push_back(time.count());
    return json;
  };
  for (const auto& one : figures)
    list.push_back({{"failure", one.name}, {"moved_ms", numbers(one.moved)}, {"reset_ms", numbers(one.reset)}});
  return list;
}

}  // namespace fairlead::bench
