#include "program_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "figure.hpp"
#include "process_cost.hpp"
#include "router_program.hpp"
#include "sender.hpp"
#include "sys/netlink/monitor.hpp"
#include "sys/nft/generation.hpp"

namespace fairlead::bench {
namespace {

std::vector<TimesOf> sizes() {
  const auto of = [](const char* name, const Size& size) {
    TimesOf times;
    times.name = name;
    times.size = size;
    return times;
  };
  return {of("3 uplinks", {}),
          of("64 uplinks", {.uplinks = 64}),
          of("64 LANs", {.lans = 64}),
          of("10,000 policies", {.policies = 10'000}),
          of("10,000 forwards", {.forwards = 10'000}),
          of("10,000 policies and forwards", {.policies = 10'000, .forwards = 10'000}),
          of("100,000 connections", {.standing = 100'000})};
}

/// Runs `work`, and whether anything was written to the routes, rules, addresses and nft tables of the router
/// meanwhile.
template <typename Work>
Result<bool> writes(const lab::Host& router, const Work& work) {
  return router.inside([&]() -> Result<bool> {
    auto monitor = netlink::Monitor::open();
    if (!monitor) return std::unexpected(monitor.error());
    const auto before = sys::nft_generation();
    if (auto done = work(); !done) return std::unexpected(done.error());
    const auto after = sys::nft_generation();
    const auto changes = monitor->read();
    if (!before || !after || !changes) return fail("cannot tell whether the kernel was changed");
    return *before != *after || changes->any();
  });
}

class Round {
 public:
  Round(TimesOf& times, const std::string& program, int number) : times_(times), program_(program), number_(number) {}

  Result<void> measure() {
    const auto network = Network::make(number_, times_.size.uplinks);
    if (!network) return std::unexpected(network.error());
    if (auto made = network->add_lans(times_.size.lans); !made) return made;
    const auto large = file_of(times_.size);
    const auto router = RouterProgram::start(*network, number_, program_, large);
    if (!router) return std::unexpected(router.error());
    times_.start.push_back(milliseconds(router->started()));
    if (times_.size.standing > 0)
      if (auto opened = open_others(*network, times_.size.standing); !opened) return opened;
    if (auto done = without_a_change(*network, *router); !done) return done;
    const auto memory = resident_megabytes(router->pid());
    if (!memory) return std::unexpected(memory.error());
    times_.megabytes.push_back(*memory);
    return there_and_back(*router, large);
  }

 private:
  static double milliseconds(Seconds time) { return time.count() * 1000; }

  Result<void> add(std::vector<double>& list, const RouterProgram& router, const lab::Command& words) {
    const auto time = router.time(words);
    if (!time) return std::unexpected(time.error());
    list.push_back(milliseconds(*time));
    return {};
  }

  Result<void> without_a_change(const Network& network, const RouterProgram& router) {
    const auto file = router.write("same.toml", file_of(times_.size));
    if (!file) return std::unexpected(file.error());
    if (auto done = add(times_.plan, router, {"plan", "-c", *file}); !done) return done;
    const auto wrote = writes(network.router(), [&] { return add(times_.reload, router, {"reload"}); });
    if (!wrote) return std::unexpected(wrote.error());
    times_.writes += *wrote ? 1 : 0;
    return {};
  }

  Result<void> there_and_back(const RouterProgram& router, const std::string& large) {
    const auto small_file = router.write("small.toml", file_of({}));
    const auto large_file = router.write("large.toml", large);
    if (!small_file || !large_file) return fail("cannot write the files to apply");
    if (auto done = add(times_.back, router, {"apply", "--yes", *small_file}); !done) return done;
    return add(times_.apply, router, {"apply", "--yes", *large_file});
  }

  TimesOf& times_;
  const std::string& program_;
  int number_;
};

struct Column {
  const char* key;
  const char* title;
  std::vector<double> TimesOf::* values;
};
constexpr std::array columns{Column{"start_ms", "start", &TimesOf::start},
                             Column{"plan_ms", "plan", &TimesOf::plan},
                             Column{"apply_ms", "apply", &TimesOf::apply},
                             Column{"back_ms", "apply, back", &TimesOf::back},
                             Column{"reload_ms", "reload without change", &TimesOf::reload},
                             Column{"resident_megabytes", "memory, MB", &TimesOf::megabytes}};

}  // namespace

Result<std::vector<TimesOf>> measure_times(const TimesOptions& options) {
  auto all = sizes();
  if (!options.only.empty())
    std::erase_if(all, [&](const TimesOf& times) {
      return std::ranges::none_of(options.only, [&](const std::string& part) { return times.name.contains(part); });
    });
  int number = 0;
  for (int round = 0; round < options.rounds; ++round)
    for (auto& times : all) {
      fmt::print(stderr, "\r\033[Kround {} of {}: {}", round + 1, options.rounds, times.name);
      if (!times.failure.empty()) continue;
      if (auto measured = Round(times, options.program, number++).measure(); !measured)
        times.failure = measured.error().message;
    }
  fmt::print(stderr, "\r\033[K");
  return all;
}

std::string to_text(const std::vector<TimesOf>& times) {
  std::string text = "Milliseconds, of the whole command\n\n| |";
  for (const auto& column : columns) text += fmt::format(" {} |", column.title);
  text += " reloads that wrote |\n|---|";
  for (std::size_t n = 0; n <= columns.size(); ++n) text += "---|";
  text += "\n";
  for (const auto& one : times) {
    text += fmt::format("| {} |", one.name);
    for (const auto& column : columns)
      text += (one.*column.values).empty() ? " - |" : fmt::format(" {} |", to_text(figure_of(one.*column.values), 0));
    text += fmt::format(" {} of {} |\n", one.writes, one.reload.size());
  }
  for (const auto& one : times)
    if (!one.failure.empty()) text += fmt::format("\nFailed: {}: {}\n", one.name, visible(one.failure));
  return text;
}

nlohmann::json json_of(const std::vector<TimesOf>& times) {
  auto list = nlohmann::json::array();
  for (const auto& one : times) {
    nlohmann::json entry{{"name", one.name},
                         {"uplinks", one.size.uplinks},
                         {"policies", one.size.policies},
                         {"forwards", one.size.forwards},
                         {"lans", one.size.lans},
                         {"connections", one.size.standing},
                         {"reloads", one.reload.size()},
                         {"reloads_that_wrote", one.writes}};
    for (const auto& column : columns)
      if (!(one.*column.values).empty()) entry[column.key] = json_of(figure_of(one.*column.values));
    if (!one.failure.empty()) entry["failure"] = one.failure;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace fairlead::bench
