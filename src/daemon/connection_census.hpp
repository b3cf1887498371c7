#pragma once
// Purpose: looks at the connection table without holding the loop up: on a thread of its own, and seldom enough that
// it costs one percent of a core however long the table is. On a standby it removes what conntrackd mixed up.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/mark.hpp"
#include "core/model/connection.hpp"
#include "core/pair/mixed_entries.hpp"

namespace fairlead::daemon {

class ConnectionCensus {
 public:
  /// `removed` is called when mixed entries were removed.
  ConnectionCensus(boost::asio::io_context& loop, std::function<void()> removed);
  ~ConnectionCensus();
  ConnectionCensus(const ConnectionCensus&) = delete;
  ConnectionCensus& operator=(const ConnectionCensus&) = delete;

  /// With `translated` this router is on standby: mixed entries are looked for, and removed.
  void follow(MarkMask mask, std::optional<pair::TranslatedAddresses> translated);

  /// Of the latest look; none: there was none yet.
  [[nodiscard]] std::optional<std::uint64_t> connections_of(UplinkId uplink) const;

  /// All connections, now.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<ConnectionEntry>>> look();

 private:
  using Counts = std::map<std::uint32_t, std::uint64_t>;  // by mark
  struct Look {
    Counts counts;
    std::uint64_t removed = 0;
    std::chrono::nanoseconds cost{};
  };

  Result<Look> look_through(std::uint32_t mask, const std::optional<pair::TranslatedAddresses>& translated);

  void count_in(std::chrono::milliseconds pause);
  boost::asio::awaitable<void> count();

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  boost::asio::thread_pool thread_{1};
  std::function<void()> removed_;
  MarkMask mask_;
  std::optional<pair::TranslatedAddresses> translated_;
  pair::MixedRemovals removals_;  // the thread's
  std::optional<Counts> counts_;
  bool running_ = false;
};

}  // namespace fairlead::daemon
