#include "api/feed.hpp"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <deque>
#include <set>

namespace fairlead::api {

namespace asio = boost::asio;
using Client = std::shared_ptr<asio::local::stream_protocol::socket>;

namespace {

constexpr std::size_t most_waiting = 1000;  // lines, for each reader
constexpr std::size_t most_readers = 64;

}  // namespace

struct Feed::Reader {
  explicit Reader(const asio::any_io_executor& executor) : news(executor) {}

  void add(const std::string& line) {
    // Once something is missed everything is until the rest is taken: so the number stands where the gap is.
    if (missed > 0 || waiting.size() >= most_waiting)
      ++missed;
    else
      waiting.push_back(line);
    news.cancel();
  }
  /// All that waits, each with its line end.
  std::string take() {
    std::string batch;
    for (const auto& line : waiting) batch += line + "\n";
    if (missed > 0) batch += fmt::format("{{\"missed\":{}}}\n", missed);
    waiting.clear();
    missed = 0;
    return batch;
  }

  asio::steady_timer news;  // cancelled to wake the writer
  std::deque<std::string> waiting;
  std::uint64_t missed = 0;
  bool gone = false;
};

struct Feed::State {
  std::function<std::vector<std::string>()> opening;
  std::set<std::shared_ptr<Reader>> readers;
};

Feed::Feed(std::function<std::vector<std::string>()> opening)
    : state_(std::make_shared<State>(State{std::move(opening), {}})) {}

void Feed::send(const std::string& line) {
  for (const auto& reader : state_->readers) reader->add(line);
}

asio::awaitable<void> Feed::serve(Client client) const { return stream(state_, std::move(client)); }

asio::awaitable<void> Feed::stream(std::shared_ptr<State> state, Client client) {
  boost::system::error_code failed;
  if (state->readers.size() >= most_readers) {
    const std::string refusal = "{\"ok\":false,\"error\":\"too many readers\"}\n";
    co_await asio::async_write(*client, asio::buffer(refusal), asio::redirect_error(asio::use_awaitable, failed));
    co_return;
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto reader = std::make_shared<Reader>(executor);
  std::string batch = "{\"ok\":true}\n";
  for (const auto& line : state->opening()) batch += line + "\n";
  state->readers.insert(reader);
  // A reader says nothing more: whatever can be read is its end.
  client->async_wait(asio::socket_base::wait_read, [client, reader](boost::system::error_code) {
    reader->gone = true;
    reader->news.cancel();
    client->close();
  });
  while (!failed && !reader->gone) {
    co_await asio::async_write(*client, asio::buffer(batch), asio::redirect_error(asio::use_awaitable, failed));
    batch = reader->take();
    while (batch.empty() && !failed && !reader->gone) {
      reader->news.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code woken;
      co_await reader->news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      batch = reader->take();
    }
  }
  state->readers.erase(reader);
  client->close();
}

}  // namespace fairlead::api
