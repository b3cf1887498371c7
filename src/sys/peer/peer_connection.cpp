#include "sys/peer/peer_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/text.hpp"

namespace fairlead::peer {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto heartbeat = 500ms;
constexpr auto longest_silence = 2s;
constexpr std::size_t most_waiting = 64U << 20U;
constexpr std::size_t chunk_size = 64U << 10U;
constexpr std::size_t shown = 60;
/// Whoever copies or prints a document needs stack for each level.
constexpr int deepest = 64;

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Listener listener)
    : socket_(std::move(socket)),
      heart_(socket_.get_executor()),
      listener_(std::move(listener)),
      chunk_(chunk_size, '\0') {}

void Connection::begin() {
  send("");
  read();
  beat();
}

void Connection::beat() {
  heart_.expires_after(heartbeat);
  heart_.async_wait([self = shared_from_this()](error_code moved) {
    if (moved || self->closed_) return;
    error_code failed;
    // Where this program itself was held up, what came meanwhile is still to be read.
    const bool unread = self->socket_.available(failed) > 0;
    if (!unread && Clock::now() - self->heard_ > longest_silence) {
      self->finish("the other router is silent");
      return;
    }
    self->send("");
    if (!self->closed_) self->beat();
  });
}

void Connection::send(const std::string& line) {
  if (closed_) return;
  waiting_ += line;
  waiting_ += '\n';
  if (leaving_.empty())
    write();
  else if (waiting_.size() + leaving_.size() > most_waiting)
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->closed_) self->finish("the other router does not take what it is sent");
    });
}

void Connection::write() {
  leaving_ = std::exchange(waiting_, {});
  asio::async_write(socket_, asio::buffer(leaving_), [self = shared_from_this()](error_code failed, std::size_t) {
    if (self->closed_) return;
    if (failed) {
      self->finish(failed.message());
      return;
    }
    self->leaving_.clear();
    if (!self->waiting_.empty()) self->write();
  });
}

void Connection::read() {
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code failed, std::size_t size) {
    if (self->closed_) return;
    if (failed) {
      self->finish(failed == asio::error::eof ? "the other router has closed it" : failed.message());
      return;
    }
    self->heard_ = Clock::now();
    if (!std::exchange(self->spoke_, true)) self->listener_.speaks();
    self->take({self->chunk_.data(), size});
    if (!self->closed_) self->read();
  });
}

void Connection::take(std::string_view bytes) {
  while (!bytes.empty() && !closed_) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() > longest_line) {
      finish("the other router sends a line without end");
      return;
    }
    line_ += part;
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    take_line();
  }
}

void Connection::take_line() {
  const auto line = std::exchange(line_, {});
  if (line.empty()) return;
  bool strange = false;
  // All numbers are whole; a fraction beyond all whole numbers cannot even be rounded to one.
  const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json& value) {
    strange = strange || depth > deepest || value.is_number_float();
    return !strange;
  };
  auto document = nlohmann::json::parse(line, look, false);
  if (document.is_discarded() || strange) {
    finish("the other router sends what is no JSON of ours: " + visible(line.substr(0, shown)));
    return;
  }
  // Held here: the listener may close this connection, and with it let go of its own functions.
  const auto received = listener_.received;
  received(std::move(document));
}

void Connection::finish(const std::string& why) {
  const auto ended = listener_.ended;
  close();
  if (ended) ended(why);
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  heart_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace fairlead::peer
