#include "api/http/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>

#include "api/http/wire.hpp"

namespace fairlead::api::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto first_patience = 10s;  // for a handshake, and for the first request
constexpr auto idle_patience = 60s;   // for each further request
constexpr auto write_patience = 20s;

/// `failed` as the completion token wants it.
auto into(boost::system::error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

template <typename Stream>
class Connection {
 public:
  Connection(std::shared_ptr<Stream> stream, const IpAddress& client, std::shared_ptr<const Entrance> entrance)
      : stream_(std::move(stream)), client_(client), entrance_(std::move(entrance)) {}

  asio::awaitable<void> serve() {
    auto patience = first_patience;
    while (!entrance_->closed) {
      Parser parser;
      set_limits(parser);
      expire_after(patience);
      if (const auto refusal = co_await read(&parser)) {
        if (refusal->status != 0) co_await write(*refusal, false, true);
        co_return;
      }
      const auto request = request_of(parser, client_, is_tls);
      const auto response = co_await entrance_->site->answer(request, Clock::now());
      const bool keeps_alive = parser.get().keep_alive() && !response.is_stream;
      const bool written = co_await write(response, keeps_alive, request.method != "HEAD");
      if (!written) co_return;
      if (response.is_stream && request.method != "HEAD") co_await stream_events(request);
      if (!keeps_alive) co_return;
      patience = idle_patience;
    }
  }

 private:
  static constexpr bool is_tls = !std::is_same_v<Stream, beast::tcp_stream>;

  void expire_after(std::chrono::seconds time) { beast::get_lowest_layer(*stream_).expires_after(time); }

  /// None: the request is there. What has no status gets no answer.
  asio::awaitable<std::optional<Response>> read(Parser* parser) {
    boost::system::error_code failed;
    co_await beast::http::async_read_header(*stream_, buffer_, *parser, into(failed));
    if (!failed)
      if (auto refusal = refusal_of_body(*parser)) co_return refusal;
    if (!failed && !parser->is_done()) co_await beast::http::async_read(*stream_, buffer_, *parser, into(failed));
    if (!failed) co_return std::nullopt;
    if (auto refusal = refusal_of(failed)) co_return refusal;
    co_return Response{.status = 0};
  }

  asio::awaitable<bool> write(Response response, bool keeps_alive, bool with_body) {
    const auto head = head_of(response, keeps_alive, is_tls || client_.is_loopback());
    std::vector<asio::const_buffer> parts{asio::buffer(head)};
    if (with_body && !response.is_stream) parts.push_back(asio::buffer(*response.body));
    boost::system::error_code failed;
    expire_after(write_patience);
    co_await asio::async_write(*stream_, parts, into(failed));
    co_return !failed;
  }

  asio::awaitable<void> stream_events(Request request) {
    auto& events = entrance_->site->events();
    const auto reader = events.open();
    if (!reader) co_return;
    // A page says nothing more: whatever can be read is its end.
    beast::get_lowest_layer(*stream_).socket().async_wait(
        asio::socket_base::wait_read, [stream = stream_, reader](boost::system::error_code) { reader->close(); });
    for (;;) {
      const auto batch = co_await reader->next();
      if (batch.empty() || entrance_->closed || !entrance_->site->may_go_on(request, Clock::now())) break;
      std::vector<asio::const_buffer> parts;
      for (const auto& piece : batch) parts.push_back(asio::buffer(*piece));
      boost::system::error_code failed;
      expire_after(write_patience);
      co_await asio::async_write(*stream_, parts, into(failed));
      if (failed) break;
    }
    events.close(reader);
  }

  std::shared_ptr<Stream> stream_;
  IpAddress client_;
  std::shared_ptr<const Entrance> entrance_;
  beast::flat_buffer buffer_{longest_header + longest_body};
};

asio::awaitable<void> serve_plain(asio::ip::tcp::socket socket, IpAddress client,
                                  std::shared_ptr<const Entrance> entrance) {
  const auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
  Connection connection(stream, client, std::move(entrance));
  co_await connection.serve();
  boost::system::error_code failed;
  stream->socket().shutdown(asio::ip::tcp::socket::shutdown_both, failed);
  stream->close();
}

asio::awaitable<void> serve_tls(asio::ip::tcp::socket socket, IpAddress client,
                                std::shared_ptr<const Entrance> entrance) {
  const auto tls = entrance->tls;  // a reload may bring another one
  using Stream = beast::ssl_stream<beast::tcp_stream>;
  const auto stream = std::make_shared<Stream>(std::move(socket), tls->context);
  auto& lowest = beast::get_lowest_layer(*stream);
  boost::system::error_code failed;
  lowest.expires_after(first_patience);
  co_await stream->async_handshake(asio::ssl::stream_base::server, into(failed));
  if (!failed) {
    Connection connection(stream, client, std::move(entrance));
    co_await connection.serve();
    lowest.expires_after(1s);
    co_await stream->async_shutdown(into(failed));
  }
  lowest.close();
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, IpAddress client,
                                       std::shared_ptr<const Entrance> entrance) {
  boost::system::error_code failed;
  // Status and events are small, and shall not wait for an acknowledgement of what was before.
  socket.set_option(asio::ip::tcp::no_delay(true), failed);
  if (entrance->tls)
    co_await serve_tls(std::move(socket), client, std::move(entrance));
  else
    co_await serve_plain(std::move(socket), client, std::move(entrance));
}

}  // namespace fairlead::api::http
