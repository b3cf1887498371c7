#include "suites.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <memory>

#include "completion.hpp"
#include "deletion.hpp"
#include "failover.hpp"
#include "idle.hpp"
#include "packets.hpp"
#include "page_cost.hpp"
#include "program_times.hpp"
#include "streams.hpp"
#include "suite_plots.hpp"
#include "sweeps.hpp"
#include "sync_load.hpp"
#include "takeover.hpp"

namespace fairlead::bench {
namespace {

/// The program that was built beside this one.
std::string program() { return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fairlead"; }

template <typename Figures>
Result<Report> report(const Result<Figures>& figures) {
  if (!figures) return std::unexpected(figures.error());
  Report result{to_text(*figures), json_of(*figures), {}};
  if constexpr (requires { plots_of(*figures); }) result.plots = plots_of(*figures);
  return result;
}

/// Options that the command line fills after `options` has returned.
template <typename Options, typename Add, typename Measure>
Work work(const Add& add, Measure measure) {
  const auto options = std::make_shared<Options>();
  if constexpr (requires { options->program; }) options->program = program();
  add(*options);
  return [options, measure] { return report(measure(*options)); };
}

template <typename Number>
CLI::Option* number(CLI::App& command, const char* name, Number& value, const char* help, Number least, Number most) {
  return command.add_option(name, value, help)->check(CLI::Range(least, most))->capture_default_str();
}

CLI::Option* seconds(CLI::App& command, const char* name, Seconds& value, const char* help) {
  return command.add_option_function<double>(
                    name, [&value](double given) { value = Seconds(given); }, help)
      ->check(CLI::Range(1.0, 3600.0));
}

void only(CLI::App& command, std::vector<std::string>& names) {
  command.add_option("--only", names, "those whose name contains one of these");
}

Work packets(CLI::App& command) {
  return work<PacketOptions>(
      [&](PacketOptions& options) {
        number(command, "--rounds", options.rounds, "interleaved rounds", 1, 1000);
        number(command, "--packets", options.packets, "a measurement", 6400, 9'000'000);
        // Below the usual limit of the connection table, 262,144.
        number(command, "--connections", options.connections, "new ones a measurement", 6400, 200'000);
        command.add_option("--flows", options.flows, "of the steady loads, each measured")
            ->check(CLI::Range(1, 200'000))
            ->delimiter(',')
            ->capture_default_str();
        only(command, options.only);
      },
      [](const PacketOptions& options) { return measure_packets(options); });
}

Work sweeps(CLI::App& command) {
  return work<SweepOptions>(
      [&](SweepOptions& options) {
        number(command, "--rounds", options.rounds, "interleaved rounds", 1, 1000);
        number(command, "--packets", options.packets, "a measurement", 6400, 9'000'000);
        number(command, "--connections", options.connections, "new ones a measurement", 6400, 200'000);
        number(command, "--flows", options.flows, "of the steady load", 1, 100'000);
        only(command, options.only);
      },
      measure_sweeps);
}

Work streams(CLI::App& command) {
  return work<StreamOptions>(
      [&](StreamOptions& options) {
        number(command, "--rounds", options.rounds, "interleaved rounds", 1, 1000);
        command.add_option("--connections", options.connections, "TCP downloads at once, each measured")
            ->check(CLI::Range(1, 100))
            ->delimiter(',')
            ->capture_default_str();
        number(command, "--milliseconds", options.milliseconds, "of a measurement", 100, 100'000);
        number(command, "--load", options.load, "of what the router carries", 0.01, 0.9);
        only(command, options.only);
      },
      measure_streams);
}

Work times(CLI::App& command) {
  return work<TimesOptions>(
      [&](TimesOptions& options) {
        number(command, "--rounds", options.rounds, "interleaved rounds", 1, 1000);
        only(command, options.only);
      },
      measure_times);
}

Work deletion(CLI::App& command) {
  return work<DeletionOptions>(
      [&](DeletionOptions& options) {
        number(command, "--rounds", options.rounds, "one after the other", 1, 1000);
        number(command, "--connections", options.connections, "that are deleted", 1000, 1'000'000);
      },
      measure_deletion);
}

Work completion(CLI::App& command) {
  return work<CompletionOptions>(
      [&](CompletionOptions& options) {
        number(command, "--rounds", options.rounds, "each with other flows", 1, 1000);
        command.add_option("--loads", options.loads, "parts of the summed capacity")
            ->check(CLI::Range(0.01, 2.0))
            ->delimiter(',')
            ->capture_default_str();
        seconds(command, "--seconds", options.time, "in which flows of a round arrive");
        seconds(command, "--downloading", options.downloading, "that eight downloads are looked at");
        number(command, "--divide", options.divide, "the links' rates by this, on a slow machine", 1.0, 50.0);
        only(command, options.only);
      },
      measure_completion);
}

Work failover(CLI::App& command) {
  return work<FailoverOptions>(
      [&](FailoverOptions& options) {
        number(command, "--runs", options.runs, "of each failure", 1, 1000);
        number(command, "--parallel", options.parallel, "kinds of failure at a time; they mostly wait", 1, 16);
        only(command, options.only);
      },
      measure_failover);
}

Work pair(CLI::App& command) {
  return work<TakeoverOptions>(
      [&](TakeoverOptions& options) {
        number(command, "--runs", options.runs, "of each failure", 1, 1000);
        command.add_option("--advert", options.advert, "VRRP interval")->capture_default_str();
        number(command, "--crowd", options.crowd, "TCP connections, of each of four habits", 4, 2500);
        command.add_flag("--dhcp", options.dhcp, "the first uplink has its address by DHCP");
        number(command, "--entries", options.entries, "more entries of the connection table", 0, 200'000);
        only(command, options.only);
      },
      measure_takeovers);
}

Work sync(CLI::App& command) {
  return work<SyncLoadOptions>(
      [&](SyncLoadOptions& options) {
        number(command, "--seconds", options.seconds, "that connections are opened", 5, 3600);
        number(command, "--per-second", options.per_second, "new connections", 100, 100'000);
      },
      measure_sync_load);
}

Work idle(CLI::App& command) {
  return work<IdleOptions>(
      [&](IdleOptions& options) {
        number(command, "--seconds", options.seconds, "that the router is looked at", 5, 3600);
        command.add_option("--uplinks", options.uplinks, "each measured")
            ->check(CLI::Range(1, 126))
            ->delimiter(',')
            ->capture_default_str();
      },
      measure_idle);
}

Work page(CLI::App& command) {
  return work<PageLoad>(
      [&](PageLoad& load) {
        number(command, "--pages", load.pages, "open at once", 1, 1000);
        number(command, "--requests", load.requests, "for metrics, in all", 1, 1'000'000);
        number(command, "--seconds", load.seconds, "that it lasts", 5, 3600);
      },
      measure_page);
}

constexpr std::array table{
    Suite{"packets", "what a forwarded packet and a new connection cost, beside other ways to do it", true, packets},
    Suite{"streams", "TCP goodput, and how long packets take through a loaded router", true, streams},
    Suite{"sweeps", "whether costs grow with uplinks, policies, forwards, LANs and connections", true, sweeps},
    Suite{"times", "how long start, plan, apply and reload take, by the size of the file", true, times},
    Suite{"deletion", "how long deleting an uplink's connections takes, and what others notice", true, deletion},
    Suite{"completion", "how long downloads take over unequal uplinks, for every way to balance", true, completion},
    Suite{"failover", "how long failures of an uplink hurt", false, failover},
    Suite{"pair", "what a LAN sees when one of a pair of routers goes", false, pair},
    Suite{"sync", "what copying new connections to the other router of a pair costs", false, sync},
    Suite{"idle", "what the router costs while only its probes run", false, idle},
    Suite{"page", "what open pages and requests for metrics cost", false, page},
};

}  // namespace

std::span<const Suite> suites() { return table; }

}  // namespace fairlead::bench
