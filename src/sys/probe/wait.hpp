#pragma once
// Purpose: a socket and a deadline, awaited together.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "base/fd.hpp"

namespace fairlead::probe {

using Clock = std::chrono::steady_clock;

class Waiter {
 public:
  /// Owns the socket from now on.
  Waiter(const boost::asio::any_io_executor& executor, Fd socket, Clock::time_point deadline);
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() = default;  // and what waits is cancelled with its timer

  [[nodiscard]] int fd() const { return descriptor_->native_handle(); }
  /// False when the deadline has passed.
  boost::asio::awaitable<bool> readable();
  boost::asio::awaitable<bool> writable();

 private:
  boost::asio::awaitable<bool> ready(boost::asio::posix::stream_descriptor::wait_type what);

  // Shared with the timer, whose handler may already wait in the queue when this goes.
  std::shared_ptr<boost::asio::posix::stream_descriptor> descriptor_;
  boost::asio::steady_timer timer_;
  Clock::time_point deadline_;
};

}  // namespace fairlead::probe
