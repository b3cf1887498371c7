#include "api/control_server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <memory>
#include <nlohmann/json.hpp>

namespace fairlead::api {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t longest_request = std::size_t{4} << 20U;  // a whole configuration, quoted
constexpr auto patience = std::chrono::seconds(5);
/// After a client that could not be taken; not at once, or the loop would be busy with nothing else.
constexpr auto accept_pause = std::chrono::milliseconds(200);

struct Commands {
  Handlers handlers;
  std::map<std::string, Feed> feeds;
};

const Feed* feed_of(const std::string& line, const Commands& commands) {
  const auto request = nlohmann::json::parse(line, nullptr, false);
  if (!request.is_object() || !request.contains("command") || !request["command"].is_string()) return nullptr;
  const auto found = commands.feeds.find(request["command"].get<std::string>());
  return found == commands.feeds.end() ? nullptr : &found->second;
}

asio::awaitable<void> converse(std::shared_ptr<Protocol::socket> client, std::shared_ptr<const Commands> commands) {
  // The watchdog closes the connection of a client that stays silent or does not read.
  asio::steady_timer watchdog(co_await asio::this_coro::executor);
  const auto be_patient = [&watchdog, client] {
    watchdog.expires_after(patience);
    watchdog.async_wait([client](boost::system::error_code stopped) {
      if (!stopped) client->close();
    });
  };
  be_patient();
  std::string line;
  boost::system::error_code failed;
  co_await asio::async_read_until(*client, asio::dynamic_buffer(line, longest_request), '\n',
                                  asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return;
  watchdog.cancel();
  if (const auto* feed = feed_of(line, *commands)) {
    co_await feed->serve(client);
  } else {
    const auto text = co_await answer_line(line, commands->handlers);
    be_patient();
    co_await asio::async_write(*client, asio::buffer(text), asio::redirect_error(asio::use_awaitable, failed));
  }
}

asio::awaitable<void> accept_clients(Protocol::acceptor acceptor, std::shared_ptr<const Commands> commands) {
  for (;;) {
    boost::system::error_code failed;
    auto client = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {  // no descriptor is free, or the client has gone: neither is for ever
      asio::steady_timer pause(acceptor.get_executor(), accept_pause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
      continue;
    }
    asio::co_spawn(acceptor.get_executor(), converse(std::make_shared<Protocol::socket>(std::move(client)), commands),
                   asio::detached);
  }
}

nlohmann::json error_answer(const std::string& message) { return {{"ok", false}, {"error", message}}; }

}  // namespace

Handler at_once(std::function<Answer(const nlohmann::json&)> answer) {
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines): it stays in the handlers while it is asked
  return [answer = std::move(answer)](nlohmann::json request) -> asio::awaitable<Answer> { co_return answer(request); };
}

// NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters): the handlers live as long as the server
asio::awaitable<nlohmann::json> answer(const Handlers& handlers, nlohmann::json request) {
  if (!request.is_object() || !request.contains("command") || !request["command"].is_string())
    co_return error_answer("expected one line of JSON with a \"command\"");
  const auto command = request["command"].get<std::string>();
  const auto handler = handlers.find(command);
  if (handler == handlers.end()) co_return error_answer("no such command: " + command);
  Answer found;
  try {
    found = co_await handler->second(std::move(request));
  } catch (const nlohmann::json::exception& problem) {  // a field of another type than the command has
    found = fail(std::string("the request is not understood: ") + problem.what());
  } catch (const std::exception& problem) {  // whoever asks learns of it, rather than of a closed connection
    found = fail(std::string("an error of Fairlead itself: ") + problem.what());
  }
  if (!found) co_return error_answer(found.error().message);
  (*found)["ok"] = true;
  co_return std::move(*found);
}

// NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters): as above, and who asks awaits it
asio::awaitable<std::string> answer_line(const std::string& line, const Handlers& handlers) {
  const auto found = co_await answer(handlers, nlohmann::json::parse(line, nullptr, false));
  co_return found.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<void> serve_control(asio::io_context& loop, const std::string& path, Handlers handlers,
                           std::map<std::string, Feed> feeds) {
  ::unlink(path.c_str());
  boost::system::error_code failed;
  Protocol::acceptor acceptor(loop);
  acceptor.open(Protocol(), failed);
  const auto old_mask = ::umask(0177);
  if (!failed) acceptor.bind(Protocol::endpoint(path), failed);
  ::umask(old_mask);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return fail(path + ": " + failed.message());
  auto commands = std::make_shared<const Commands>(Commands{std::move(handlers), std::move(feeds)});
  asio::co_spawn(loop, accept_clients(std::move(acceptor), std::move(commands)), asio::detached);
  return {};
}

}  // namespace fairlead::api
