// The table of what can fail, a run of it, and its figures.
#include "takeover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "lab/blaster.hpp"
#include "lab/crowd.hpp"
#include "lab/wait.hpp"
#include "pair_network.hpp"
#include "percentile.hpp"
#include "udp_flows.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto after_event = 5s;      // the longest of these failures is over by then
constexpr auto crowd_patience = 30s;  // a connection whose retransmissions have backed off still has its turn

using Act = std::function<Result<void>(PairNetwork&, const std::string& active)>;

struct Scenario {
  const char* name;
  bool moves;  ///< the other router is active afterwards
  Act event;
  Act mend;
};

Result<void> all_cables(const std::string& active, const std::function<Result<void>(const std::string&)>& act) {
  for (const auto* uplink : {"cable1", "cable2"})
    if (auto done = act(active + ":" + uplink); !done) return done;
  return {};
}

Result<void> crash(PairNetwork& pair, const std::string& active) {
  const auto loss = pair.lab().crash(active);
  return loss ? Result<void>{} : std::unexpected(loss.error());
}

std::vector<Scenario> scenarios() {
  const auto nothing = [](PairNetwork&, const std::string&) -> Result<void> { return {}; };
  const auto cut = [](const char* cable) -> Act {
    return [cable](PairNetwork& pair, const std::string& active) { return pair.lab().cut(active + ":" + cable); };
  };
  const auto restore = [](const char* cable) -> Act {
    return [cable](PairNetwork& pair, const std::string& active) { return pair.lab().restore(active + ":" + cable); };
  };
  const auto reload_both = [](PairNetwork& pair, const std::string& active) -> Result<void> {
    if (auto done = pair.reload(active); !done) return done;
    return pair.reload(PairNetwork::other(active));
  };
  return {
      {"power loss", true, crash, [](PairNetwork& pair, const std::string& active) { return pair.boot(active); }},
      {"clean stop (SIGTERM)", true, [](PairNetwork& pair, const std::string& active) { return pair.stop(active); },
       [](PairNetwork& pair, const std::string& active) { return pair.start(active); }},
      {"LAN cable cut", true, cut("home"), restore("home")},
      {"one uplink of the active side dead", false, cut("cable1"), restore("cable1")},
      {"all uplinks of the active side dead", true,
       [](PairNetwork& pair, const std::string& active) {
         return all_cables(active, [&](const std::string& cable) { return pair.lab().cut(cable); });
       },
       [](PairNetwork& pair, const std::string& active) {
         return all_cables(active, [&](const std::string& cable) { return pair.lab().restore(cable); });
       }},
      {"reload of both", false, reload_both, nothing},
      {"power loss of the standby", false,
       [](PairNetwork& pair, const std::string& active) { return crash(pair, PairNetwork::other(active)); },
       [](PairNetwork& pair, const std::string& active) { return pair.boot(PairNetwork::other(active)); }},
  };
}

/// Two flows of datagrams, of which balancing gives each uplink one.
using Flows = std::array<std::unique_ptr<lab::Blaster>, 2>;

Result<Flows> start_flows(const lab::Lab& lab) {
  Flows flows;
  for (auto& flow : flows) {
    auto started = lab::Blaster::start(*lab.host("home-2"), {*IpAddress::parse("192.0.2.2"), lab::echo_port},
                                       {.per_second = 1000});
    if (!started) return std::unexpected(started.error());
    flow = std::move(*started);
    if (!lab::wait_until([&] { return flow->received() > 100; }, lab::in(10s))) return fail("no datagram comes back");
  }
  return flows;
}

/// So that the event falls at any moment of what repeats.
void stay_calm(std::mt19937& random) {
  std::uniform_int_distribution<int> phase(500, 1500);
  static_cast<void>(lab::wait_ready(-1, 0, lab::in(std::chrono::milliseconds(phase(random)))));
}

double milliseconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()); }

/// TCP connections that go the same way.
struct Crowd {
  std::string kind;
  std::unique_ptr<lab::Crowd> members;
};

Result<std::vector<Crowd>> start_crowds(const PairNetwork& pair, const TakeoverOptions& options) {
  std::vector<Crowd> crowds;
  const auto join = [&](const char* kind, const char* from, const std::string& to, int each,
                        const lab::SocketOptions& local = {}) -> Result<void> {
    auto members = lab::Crowd::start(*pair.lab().host(from), lab::CrowdTargets::at(*IpAddress::parse(to)),
                                     {.each = each, .from = local});
    if (!members) return std::unexpected(members.error().in(kind));
    crowds.push_back({kind, std::move(*members)});
    return {};
  };
  const auto outside = pair.outside_addresses();
  if (!outside) return std::unexpected(outside.error());
  if (auto done = join("IPv4", "home-1", "192.0.2.1", options.crowd); !done) return std::unexpected(done.error());
  if (auto done = join("IPv6", "home-1", "2001:db8:ffff::1", options.crowd / 2); !done)
    return std::unexpected(done.error());
  for (const auto& address : *outside) {
    const auto each = options.crowd / 2 / static_cast<int>(outside->size());
    const lab::SocketOptions local{.bind = lab::Endpoint{*IpAddress::parse("192.0.2.8"), 0}, .device = {}};
    if (auto done = join("forwarded", lab::names::internet, address, each, local); !done)
      return std::unexpected(done.error());
  }
  return crowds;
}

/// All of them, from now on without any.
lab::CrowdReport finish(std::vector<Crowd>& crowds, TakeoverFigures& figures) {
  lab::CrowdReport all;
  for (auto& [kind, members] : crowds) {
    auto report = members->finish(crowd_patience);
    figures.kinds[kind].opened += report.opened();
    figures.kinds[kind].alive += report.alive();
    for (std::size_t habit = 0; habit < lab::habits.size(); ++habit) {
      auto& sum = all.by_habit.at(habit);
      const auto& one = report.by_habit.at(habit);
      sum.opened += one.opened;
      sum.alive += one.alive;
      sum.longest_pause = std::max(sum.longest_pause, one.longest_pause);
    }
    for (const auto& death : report.deaths) all.deaths.push_back(fmt::format("{}: {}", kind, death));
  }
  return all;
}

void add(TakeoverFigures& figures, const Flows& flows, const lab::CrowdReport& crowd) {
  double gap = 0;
  double lost = 0;
  for (const auto& flow : flows) {
    const auto report = flow->stop();
    gap = std::max(gap, milliseconds(report.longest_gap));
    lost += static_cast<double>(report.lost());
  }
  figures.gap.push_back(gap);
  figures.lost.push_back(lost);
  figures.pause_exchange.push_back(milliseconds(crowd.of(lab::Habit::exchange).longest_pause));
  figures.pause_stream.push_back(
      milliseconds(std::max(crowd.of(lab::Habit::download).longest_pause, crowd.of(lab::Habit::upload).longest_pause)));
  figures.dead.push_back(crowd.opened() - crowd.alive());
  figures.opened += crowd.opened();
}

Result<void> measure_once(PairNetwork& pair, const Scenario& scenario, const TakeoverOptions& options,
                          std::mt19937& random, TakeoverFigures& figures) {
  const auto active = pair.await_ready();
  if (!active) return std::unexpected(active.error());
  const auto home = pair.lab().host("home-1");
  auto crowds = start_crowds(pair, options);
  if (!crowds) return std::unexpected(crowds.error());
  const auto flows = start_flows(pair.lab());
  if (!flows) return std::unexpected(flows.error());
  const auto connections = static_cast<std::uint64_t>(options.crowd + options.entries);
  if (auto filled = open_udp_flows(*home, options.entries); !filled) return filled;
  if (auto known = pair.await_connections(PairNetwork::other(*active), connections); !known) return known;
  stay_calm(random);
  const auto before = pair.sameness(*active, "tcp");
  if (!before) return std::unexpected(before.error());
  figures.missing.push_back(static_cast<double>(before->missing));
  // Where that does not help, the connections tell what it costs.
  if (auto same = pair.await_sameness(*active); !same) fmt::print(stderr, "\r\033[K{}\n", same.error().message);
  if (auto done = scenario.event(pair, *active); !done) return done;
  static_cast<void>(lab::wait_ready(-1, 0, lab::in(after_event)));
  const auto report = finish(*crowds, figures);
  add(figures, *flows, report);
  for (const auto& death : report.deaths) fmt::print(stderr, "\r\033[K{}: {}\n", scenario.name, death);
  if (before->missing != 0)
    fmt::print(stderr, "\r\033[K{}: the standby had {} connections wrong at first\n", scenario.name, before->missing);
  const auto now = pair.active();
  if (!now) return fail("not exactly one router is active afterwards");
  if ((now != active) != scenario.moves) return fail(fmt::format("{} is active, {} was", *now, *active));
  return scenario.mend(pair, *active);
}

std::string cell(const std::vector<double>& values, double part) {
  return values.empty() ? "-" : fmt::format("{:.0f}", percentile(values, part));
}

}  // namespace

Result<std::vector<TakeoverFigures>> measure_takeovers(const TakeoverOptions& options) {
  auto pair = PairNetwork::make(options.advert, options.dhcp, options.program);
  if (!pair) return std::unexpected(pair.error());
  std::mt19937 random{std::random_device{}()};
  std::vector<TakeoverFigures> all;
  for (const auto& scenario : scenarios()) {
    const std::string name = scenario.name;
    if (!options.only.empty() &&
        std::ranges::none_of(options.only, [&](const std::string& part) { return name.contains(part); }))
      continue;
    auto& figures = all.emplace_back();
    figures.name = name;
    figures.moves = scenario.moves;
    for (int number = 1; number <= options.runs; ++number) {
      fmt::print(stderr, "\r\033[K{}: run {} of {}", name, number, options.runs);
      const auto measured = measure_once(*pair, scenario, options, random, figures);
      if (!measured) return std::unexpected(measured.error().in(fmt::format("{}, run {}", name, number)));
    }
  }
  fmt::print(stderr, "\r\033[K");
  return all;
}

std::string to_text(const std::vector<TakeoverFigures>& figures) {
  std::string text =
      "| | without datagrams, ms: p50 | p99 | datagrams lost: p50 | p99 | TCP answer waits, ms: p50 | p99 | "
      "TCP stream stops, ms: p50 | p99 | TCP alive | runs |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& one : figures) {
    double dead = 0;
    for (const auto count : one.dead) dead += count;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0f} of {} | {} |\n", one.name,
                        cell(one.gap, 0.5), cell(one.gap, 0.99), cell(one.lost, 0.5), cell(one.lost, 0.99),
                        cell(one.pause_exchange, 0.5), cell(one.pause_exchange, 0.99), cell(one.pause_stream, 0.5),
                        cell(one.pause_stream, 0.99), one.opened - dead, one.opened, one.gap.size());
  }
  text += "\n| TCP connections alive |";
  const std::map<std::string, TakeoverFigures::Kind> none;
  const auto& kinds = figures.empty() ? none : figures.front().kinds;
  for (const auto& [kind, unused] : kinds) text += fmt::format(" {} |", kind);
  text += "\n|---|";
  for (std::size_t n = 0; n < kinds.size(); ++n) text += "---|";
  for (const auto& one : figures) {
    text += fmt::format("\n| {} |", one.name);
    for (const auto& [kind, counts] : one.kinds) text += fmt::format(" {} of {} |", counts.alive, counts.opened);
  }
  return text + "\n";
}

nlohmann::json json_of(const std::vector<TakeoverFigures>& figures) {
  auto list = nlohmann::json::array();
  for (const auto& one : figures) {
    auto kinds = nlohmann::json::object();
    for (const auto& [kind, counts] : one.kinds) kinds[kind] = {{"opened", counts.opened}, {"alive", counts.alive}};
    list.push_back({{"failure", one.name},
                    {"gap_ms", one.gap},
                    {"lost", one.lost},
                    {"tcp_answer_ms", one.pause_exchange},
                    {"tcp_stream_ms", one.pause_stream},
                    {"tcp_dead", one.dead},
                    {"entries_missing", one.missing},
                    {"tcp_opened", one.opened},
                    {"tcp_kinds", std::move(kinds)}});
  }
  return list;
}

}  // namespace fairlead::bench
