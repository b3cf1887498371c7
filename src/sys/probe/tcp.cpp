// A connection that is opened and, once it stands, reset: nothing lingers here or there.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/this_coro.hpp>
#include <cerrno>

#include "base/endpoint.hpp"
#include "sys/probe/kinds.hpp"
#include "sys/probe/wait.hpp"

namespace fairlead::probe {

boost::asio::awaitable<Outcome> ask_tcp(Request request) {
  auto socket = open_socket(request, request.target.family(), SOCK_STREAM, IPPROTO_TCP);
  if (!socket) co_return failed(socket.error().message);
  const linger reset{1, 0};
  ::setsockopt(socket->get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const Endpoint endpoint{request.target, request.how->port};
  const auto target = SocketAddress::of(endpoint);
  const auto begun = Clock::now();
  if (::connect(socket->get(), target.raw(), target.size) != 0 && errno != EINPROGRESS)
    co_return failed(system_error("no way to " + endpoint.to_text(), errno).message);
  Waiter waiter(co_await boost::asio::this_coro::executor, std::move(*socket), begun + request.patience);
  if (!co_await waiter.writable()) co_return failed(fmt::format("{} does not answer", endpoint.to_text()));
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(waiter.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) co_return failed(system_error(endpoint.to_text(), error).message);
  co_return Outcome{std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun), ""};
}

}  // namespace fairlead::probe
