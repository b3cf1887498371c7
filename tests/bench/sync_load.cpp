#include "sync_load.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "lab/namespace_processes.hpp"
#include "lab/wait.hpp"
#include "pair_network.hpp"
#include "process_cost.hpp"
#include "udp_flows.hpp"

namespace fairlead::bench {
namespace {

/// Of conntrackd of this router so far.
double processor_seconds(const lab::Host& router) {
  double seconds = 0;
  for (const auto& process : lab::processes_in(router.network_namespace()))
    if (read_file(fmt::format("/proc/{}/comm", process.pid)).value_or("") == "conntrackd\n")
      seconds += processor_time(process.pid).value_or(std::chrono::duration<double>()).count();
  return seconds;
}

}  // namespace

Result<SyncLoad> measure_sync_load(const SyncLoadOptions& options) {
  auto pair = PairNetwork::make("100ms", false, options.program);
  if (!pair) return std::unexpected(pair.error());
  const auto active = pair->await_ready();
  if (!active) return std::unexpected(active.error());
  const auto here = *pair->lab().host(*active);
  const auto there = *pair->lab().host(PairNetwork::other(*active));
  const auto before = std::pair(processor_seconds(here), processor_seconds(there));
  const auto start = lab::Clock::now();
  const auto count = options.per_second * options.seconds;
  if (auto opened = open_udp_flows(*pair->lab().host("home-1"), count, 0, options.per_second); !opened)
    return std::unexpected(opened.error());
  const double seconds = std::chrono::duration<double>(lab::Clock::now() - start).count();
  SyncLoad load;
  load.opened_per_second = count / seconds;
  load.active_percent = (processor_seconds(here) - before.first) / seconds * 100;
  load.standby_percent = (processor_seconds(there) - before.second) / seconds * 100;
  const auto now = pair->sameness(*active, "udp");
  if (!now) return std::unexpected(now.error());
  load.entries = now->known;
  load.missing = now->missing;
  static_cast<void>(lab::wait_ready(-1, 0, lab::in(std::chrono::seconds(5))));
  const auto later = pair->sameness(*active, "udp");
  if (!later) return std::unexpected(later.error());
  load.missing_later = later->missing;
  return load;
}

std::string to_text(const SyncLoad& load) {
  return fmt::format(
      "{:.0f} new connections a second: conntrackd takes {:.1f} % of a core on the active router, {:.1f} % on the "
      "other\n"
      "of {} entries at the end the other lacks {}, and {} five seconds later\n",
      load.opened_per_second, load.active_percent, load.standby_percent, load.entries, load.missing,
      load.missing_later);
}

nlohmann::json json_of(const SyncLoad& load) {
  return nlohmann::json{{"opened_per_second", load.opened_per_second},
                        {"active_percent", load.active_percent},
                        {"standby_percent", load.standby_percent},
                        {"entries", load.entries},
                        {"missing", load.missing},
                        {"missing_later", load.missing_later}};
}

}  // namespace fairlead::bench
