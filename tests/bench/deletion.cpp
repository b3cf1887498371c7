#include "deletion.hpp"

#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/mark.hpp"
#include "figure.hpp"
#include "lab/wait.hpp"
#include "sender.hpp"
#include "sys/conntrack/conntrack.hpp"
#include "table_limit.hpp"
#include "variants.hpp"

namespace fairlead::bench {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// Packets of one known connection, one after the other, on a thread of its own.
class Steady {
 public:
  explicit Steady(const Network& network) : thread_([this, &network] { run(network); }) {}
  ~Steady() { static_cast<void>(stop()); }
  Steady(const Steady&) = delete;
  Steady& operator=(const Steady&) = delete;
  /// The longest that a packet took.
  Result<Milliseconds> stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  void run(const Network& network) {
    result_ = slowest_packet(network, [this] { return over_.load(); });
  }
  std::atomic<bool> over_ = false;
  Result<Milliseconds> result_;
  std::thread thread_;
};

Result<double> slowest_during(const Network& network, const std::function<Result<void>()>& work) {
  Steady packets(network);
  const auto done = work();
  const auto slowest = packets.stop();
  if (!done) return std::unexpected(done.error());
  if (!slowest) return std::unexpected(slowest.error());
  return slowest->count();
}

Result<void> measure(const Network& network, int connections, DeletionFigures& figures) {
  const auto router = network.router();
  if (auto empty = router.must_run({"conntrack", "-F"}); !empty) return std::unexpected(empty.error());
  // One more, so that the steady connection is on the uplink that stays: they take turns.
  if (auto opened = open_others(network, 2 * connections + 1); !opened) return opened;
  if (auto known = establish({&network}, {1}); !known) return known;
  const MarkMask mask;
  Milliseconds took{};
  std::uint64_t before = 0;
  const auto stall = slowest_during(network, [&]() -> Result<void> {
    return router.inside([&]() -> Result<void> {
      before = conntrack::count().value_or(0);
      const auto begun = lab::Clock::now();
      const auto done = conntrack::delete_by_mark(mask.value(UplinkId{1}), mask.bits());
      took = lab::Clock::now() - begun;
      return done;
    });
  });
  if (!stall) return std::unexpected(stall.error());
  const auto quiet = slowest_during(network, [&]() -> Result<void> {
    static_cast<void>(
        lab::wait_ready(-1, 0, lab::Clock::now() + std::chrono::duration_cast<lab::Clock::duration>(took)));
    return {};
  });
  if (!quiet) return std::unexpected(quiet.error());
  const auto after = router.inside([] { return conntrack::count(); });
  if (!after) return std::unexpected(after.error());
  if (before < *after + static_cast<std::uint64_t>(connections))
    return fail(fmt::format("only {} of {} connections were deleted", before - *after, connections));
  figures.took.push_back(took.count());
  figures.stall.push_back(*stall);
  figures.quiet.push_back(*quiet);
  return {};
}

}  // namespace

Result<DeletionFigures> measure_deletion(const DeletionOptions& options) {
  const auto room = TableLimit::at_least(static_cast<std::uint64_t>(2 * options.connections + 1000));
  if (!room) return std::unexpected(room.error());
  const auto network = Network::make(0, 2);
  if (!network) return std::unexpected(network.error());
  if (auto up = fairlead("two uplinks", {.uplinks = 2}).up(*network); !up) return std::unexpected(up.error());
  DeletionFigures figures;
  figures.connections = options.connections;
  for (int round = 0; round < options.rounds; ++round)
    if (auto done = measure(*network, options.connections, figures); !done) return std::unexpected(done.error());
  return figures;
}

std::string to_text(const DeletionFigures& figures) {
  return fmt::format(
      "Deleting {} of twice as many connections by their mark takes {} ms; the slowest packet of another one took {} "
      "ms "
      "meanwhile, {} ms when nothing went on\n",
      with_thousands(figures.connections), to_text(figure_of(figures.took), 1), to_text(figure_of(figures.stall), 2),
      to_text(figure_of(figures.quiet), 2));
}

nlohmann::json json_of(const DeletionFigures& figures) {
  return {{"connections", figures.connections},
          {"milliseconds", json_of(figure_of(figures.took))},
          {"slowest_packet_ms", json_of(figure_of(figures.stall))},
          {"slowest_packet_quiet_ms", json_of(figure_of(figures.quiet))}};
}

}  // namespace fairlead::bench
