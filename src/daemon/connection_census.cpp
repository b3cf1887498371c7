#include "daemon/connection_census.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>

#include "sys/conntrack/connections.hpp"

namespace fairlead::daemon {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds usual_pause{10'000};
/// What was mixed up is lost if this router takes over before it is found.
constexpr std::chrono::milliseconds standby_pause{1000};
/// Pauses are so many times as long as the look kept a processor busy.
constexpr int pause_by_cost = 100;
constexpr int standby_pause_by_cost = 20;

/// Of the calling thread.
std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

ConnectionCensus::ConnectionCensus(asio::io_context& loop, std::function<void()> removed)
    : loop_(loop), timer_(loop), removed_(std::move(removed)) {}

ConnectionCensus::~ConnectionCensus() { thread_.join(); }

void ConnectionCensus::follow(MarkMask mask, std::optional<pair::TranslatedAddresses> translated) {
  mask_ = mask;
  const bool begins = translated && !translated_;
  translated_ = std::move(translated);
  if (!running_ || begins) count_in({});
}

std::optional<std::uint64_t> ConnectionCensus::connections_of(UplinkId uplink) const {
  if (!counts_) return std::nullopt;
  const auto found = counts_->find(mask_.value(uplink));
  return found == counts_->end() ? 0 : found->second;
}

void ConnectionCensus::count_in(std::chrono::milliseconds pause) {
  running_ = true;
  timer_.expires_after(pause);
  timer_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped) asio::co_spawn(loop_, count(), asio::detached);
  });
}

asio::awaitable<void> ConnectionCensus::count() {
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines): it stays here until its coroutine ends
  const auto look = [this, bits = mask_.bits(), translated = translated_]() -> asio::awaitable<Result<Look>> {
    co_return look_through(bits, translated);
  };
  auto found = co_await asio::co_spawn(thread_, look, asio::use_awaitable);
  counts_.reset();
  if (found) counts_ = std::move(found->counts);
  const auto cost = found ? found->cost : std::chrono::nanoseconds();
  const auto pause = cost * (translated_ ? standby_pause_by_cost : pause_by_cost);
  count_in(std::max(translated_ ? standby_pause : usual_pause, std::chrono::ceil<std::chrono::milliseconds>(pause)));
  if (found && found->removed > 0) {
    spdlog::info("removed {} connections that were mixed up on their way from the other router", found->removed);
    removed_();
  }
}

Result<ConnectionCensus::Look> ConnectionCensus::look_through(
    std::uint32_t mask, const std::optional<pair::TranslatedAddresses>& translated) {
  Look look;
  const auto start = processor_time();
  std::vector<ConnectionEntry> mixed;
  const auto done = conntrack::each_connection([&](const ConnectionEntry& entry) {
    ++look.counts[entry.mark & mask];
    if (!translated) return;
    if (translated->is_mixed(entry)) {
      mixed.push_back(entry);
      mixed.back().mark &= mask;
    } else {
      removals_.forget(entry);
    }
  });
  if (!done) return std::unexpected(done.error());
  for (const auto& entry : removals_.choose(mixed, std::chrono::steady_clock::now()))
    if (conntrack::remove(entry))
      ++look.removed;
    else
      removals_.forget(entry);
  look.cost = processor_time() - start;
  return look;
}

asio::awaitable<Result<std::vector<ConnectionEntry>>> ConnectionCensus::look() {
  const auto take_all = []() -> asio::awaitable<Result<std::vector<ConnectionEntry>>> {
    std::vector<ConnectionEntry> all;
    const auto done = conntrack::each_connection([&](const ConnectionEntry& entry) { all.push_back(entry); });
    if (!done) co_return std::unexpected(done.error());
    co_return all;
  };
  auto all = co_await asio::co_spawn(thread_, take_all, asio::use_awaitable);
  if (all) {
    Counts counts;
    for (const auto& entry : *all) ++counts[entry.mark & mask_.bits()];
    counts_ = std::move(counts);
  }
  co_return all;
}

}  // namespace fairlead::daemon
