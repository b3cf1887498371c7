#include "api/http/event_stream.hpp"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.hpp"

namespace fairlead::api::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto status_interval = 1s;
/// Changes come in bursts; one status serves them all.
constexpr auto after_change = 50ms;

EventStream::Piece message(std::string_view event, std::string_view data) {
  return std::make_shared<const std::string>(fmt::format("event: {}\ndata: {}\n\n", event, data));
}

}  // namespace

asio::awaitable<std::vector<EventStream::Piece>> EventStream::Reader::next() {
  while (waiting_.empty() && !status_ && !over_) {
    news_.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code woken;
    co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (over_) co_return std::vector<Piece>{};
  std::vector<Piece> batch(waiting_.begin(), waiting_.end());
  waiting_.clear();
  if (status_) batch.push_back(std::exchange(status_, nullptr));
  co_return batch;
}

void EventStream::Reader::close() {
  over_ = true;
  news_.cancel();
}

void EventStream::Reader::add(const Piece& piece) {
  if (waiting_.size() >= most_waiting) {
    close();
    return;
  }
  waiting_.push_back(piece);
  news_.cancel();
}

void EventStream::Reader::set_status(const Piece& piece) {
  status_ = piece;
  news_.cancel();
}

EventStream::EventStream(asio::io_context& loop, std::function<std::string()> status)
    : loop_(loop), status_(std::move(status)), timer_(loop) {}

void EventStream::tell(const std::string& line) {
  latest_.push_back(line);
  if (latest_.size() > remembered) latest_.pop_front();
  if (readers_.empty()) return;
  const auto piece = message("change", line);
  for (const auto& reader : readers_) reader->add(piece);
  schedule(after_change);
}

std::shared_ptr<EventStream::Reader> EventStream::open() {
  if (readers_.size() >= most_readers) return nullptr;
  auto reader = std::make_shared<Reader>(loop_.get_executor());
  const std::vector<std::string> events(latest_.begin(), latest_.end());
  reader->add(message("hello", fmt::format("{{\"events\":[{}]}}", join(events, ","))));
  reader->set_status(message("status", status_()));
  readers_.insert(reader);
  if (!scheduled_) schedule(status_interval);
  return reader;
}

void EventStream::schedule(std::chrono::steady_clock::duration delay) {
  const auto when = std::chrono::steady_clock::now() + delay;
  if (scheduled_ && timer_.expiry() <= when) return;
  timer_.expires_at(when);
  scheduled_ = true;
  timer_.async_wait([this](boost::system::error_code moved) {
    if (!moved) send_status();
  });
}

void EventStream::send_status() {
  scheduled_ = false;
  if (readers_.empty()) return;
  const auto piece = message("status", status_());
  for (const auto& reader : readers_) reader->set_status(piece);
  schedule(status_interval);
}

}  // namespace fairlead::api::http
