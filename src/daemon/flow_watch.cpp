#include "daemon/flow_watch.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairlead::daemon {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds freshness{1};

/// The kernel has not seen what went by the fast path.
void add_carried(const bpf::Datapath& programs, ConnectionEntry& entry) {
  if (!entry.sent || !entry.received) return;
  const auto carried = programs.carried(entry);
  *entry.sent += carried.sent;
  *entry.received += carried.received;
}

}  // namespace

FlowWatch::FlowWatch(asio::io_context& loop, const Router& router, ConnectionCensus& census)
    : router_(router), census_(census), outdated_(loop), looked_(loop, asio::steady_timer::time_point::max()) {}

asio::awaitable<Result<std::shared_ptr<const FlowLook>>> FlowWatch::look() {
  while (looking_) {
    boost::system::error_code cancelled;
    co_await looked_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (latest_) co_return latest_;
  looking_ = true;
  auto entries = co_await census_.look();
  looking_ = false;
  looked_.cancel();
  if (!entries) co_return std::unexpected(entries.error());
  latest_ = read(std::move(*entries));
  outdated_.expires_after(freshness);
  outdated_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped) latest_.reset();
  });
  co_return latest_;
}

std::shared_ptr<const FlowLook> FlowWatch::read(std::vector<ConnectionEntry> entries) {
  auto look = std::make_shared<FlowLook>();
  look->when = wall_now();
  const flows::Reader reader(router_.config(), router_.facts(), router_.compiled().uplinks);
  look->flows.reserve(entries.size());
  const auto* programs = router_.datapath();
  for (auto& entry : entries) {
    if (programs != nullptr) add_carried(*programs, entry);
    look->flows.push_back(reader.read(entry));
  }
  book_.rate(look->flows, flows::FlowBook::Time::clock::now());
  return look;
}

}  // namespace fairlead::daemon
