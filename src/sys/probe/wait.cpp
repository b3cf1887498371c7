#include "sys/probe/wait.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairlead::probe {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

Waiter::Waiter(const asio::any_io_executor& executor, Fd socket, Clock::time_point deadline)
    : descriptor_(std::make_shared<Descriptor>(executor, socket.release())), timer_(executor), deadline_(deadline) {
  timer_.expires_at(deadline);
  timer_.async_wait([descriptor = descriptor_](boost::system::error_code stopped) {
    if (!stopped) descriptor->cancel();
  });
}

asio::awaitable<bool> Waiter::ready(Descriptor::wait_type what) {
  if (Clock::now() >= deadline_) co_return false;
  boost::system::error_code failed;
  co_await descriptor_->async_wait(what, asio::redirect_error(asio::use_awaitable, failed));
  co_return !failed;
}

asio::awaitable<bool> Waiter::readable() { return ready(Descriptor::wait_read); }
asio::awaitable<bool> Waiter::writable() { return ready(Descriptor::wait_write); }

}  // namespace fairlead::probe
