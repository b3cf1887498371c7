#include "sys/probe/prober.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <random>

#include "base/endpoint.hpp"
#include "sys/probe/http.hpp"
#include "sys/probe/kinds.hpp"

namespace fairlead::probe {

namespace asio = boost::asio;

Result<Fd> open_socket(const Request& request, Family family, int type, int protocol) {
  Fd socket(::socket(family == Family::v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!socket) return std::unexpected(system_error("socket", errno));
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, request.device.c_str(),
                   static_cast<socklen_t>(request.device.size())) != 0)
    return std::unexpected(system_error("bind to " + request.device, errno));
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_MARK, &request.mark, sizeof request.mark) != 0)
    return std::unexpected(system_error("mark", errno));
  if (request.source && request.source->family() == family) {
    const auto local = SocketAddress::of({*request.source, 0});
    if (::bind(socket.get(), local.raw(), local.size) != 0)
      return std::unexpected(system_error("bind to " + request.source->to_text(), errno));
  }
  return socket;
}

std::uint16_t random_number() {
  static thread_local std::minstd_rand generator(std::random_device{}());
  return static_cast<std::uint16_t>(generator());
}

struct Prober::Shared {
  explicit Shared(asio::io_context& loop) : http(loop) {}
  bool alive = true;
  HttpProbes http;
};

Prober::Prober(asio::io_context& loop) : loop_(loop), shared_(std::make_shared<Shared>(loop)) {}

Prober::~Prober() { shared_->alive = false; }

namespace {

asio::awaitable<Outcome> ask_kind(Request request, HttpProbes& http) {
  if (!request.how) return ask_neighbour(std::move(request));
  switch (request.how->kind) {
    case ProbeConfig::Kind::tcp:
      return ask_tcp(std::move(request));
    case ProbeConfig::Kind::dns:
      return ask_dns(std::move(request));
    case ProbeConfig::Kind::http:
      return http.ask(std::move(request));
    case ProbeConfig::Kind::icmp:
      break;
  }
  return ask_icmp(std::move(request));
}

}  // namespace

void Prober::ask(Request request, std::function<void(const Outcome&)> done) {
  asio::co_spawn(
      loop_,
      // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines): co_spawn keeps it until its coroutine ends
      [shared = shared_, request = std::move(request), done = std::move(done)]() mutable -> asio::awaitable<void> {
        const auto outcome = co_await ask_kind(std::move(request), shared->http);
        if (shared->alive) done(outcome);
      },
      asio::detached);
}

}  // namespace fairlead::probe
