#include "sys/peer/peer_link.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "sys/peer/peer_connection.hpp"
#include "sys/peer/peer_socket.hpp"

namespace fairlead::peer {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto between_attempts = 200ms;
/// A router on the same cable answers within a millisecond, or is not there.
constexpr auto attempt_limit = 500ms;
constexpr auto between_oddities = 10s;

tcp protocol_of(const Spec& spec) { return spec.ours.family() == Family::v4 ? tcp::v4() : tcp::v6(); }

/// An address that comes with a scope ("fe80::1%eth9") is the same without.
IpAddress address_of(const asio::ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return IpAddress::from_bytes(Family::v4, bytes);
  }
  const auto bytes = address.to_v6().to_bytes();
  return IpAddress::from_bytes(Family::v6, bytes);
}

asio::ip::address asio_address(const IpAddress& address, unsigned index) {
  const auto bytes = address.bytes();
  if (address.family() == Family::v4) {
    asio::ip::address_v4::bytes_type four{};
    std::ranges::copy(bytes, four.begin());
    return asio::ip::address_v4(four);
  }
  asio::ip::address_v6::bytes_type six{};
  std::ranges::copy(bytes, six.begin());
  return asio::ip::address_v6(six, address.is_link_local() ? index : 0);
}

}  // namespace

/// Handlers of the loop hold it, so that it outlives them; `abandoned` tells them that nobody listens any more.
struct PeerLink::State : std::enable_shared_from_this<State> {
  State(asio::io_context& io, Spec what, Listener who)
      : loop(io), spec(std::move(what)), listener(std::move(who)), acceptor(io), attempt(io), timer(io) {}

  asio::io_context& loop;
  Spec spec;
  Listener listener;
  tcp::acceptor acceptor;
  tcp::socket attempt;
  asio::steady_timer timer;
  std::shared_ptr<Connection> connection;
  unsigned listening_on = 0;  // the device's number when the listening socket was tied to it
  bool abandoned = false;
  std::optional<Clock::time_point> last_odd;
  int untold = 0;

  [[nodiscard]] bool connects() const { return spec.ours < spec.theirs; }
  void seek();
  void seek_later();
  void try_to_connect();
  void keep_listening();
  void accept();
  void adopt(tcp::socket socket);
  void take(nlohmann::json&& document);
  void note_odd(const std::string& what);
  void end(const std::string& why);
};

void PeerLink::State::seek() {
  if (abandoned) return;
  if (connects())
    try_to_connect();
  else
    keep_listening();
}

void PeerLink::State::seek_later() {
  timer.expires_after(between_attempts);
  timer.async_wait([self = shared_from_this()](error_code moved) {
    if (!moved) self->seek();
  });
}

void PeerLink::State::try_to_connect() {
  auto socket = connecting_socket(spec);
  error_code failed;
  if (socket) attempt.assign(protocol_of(spec), socket->release(), failed);
  if (!socket || failed) {
    seek_later();
    return;
  }
  timer.expires_after(attempt_limit);
  timer.async_wait([self = shared_from_this()](error_code moved) {
    error_code ignored;
    if (!moved) self->attempt.close(ignored);
  });
  attempt.async_connect({asio_address(spec.theirs, device_index(spec.device)), spec.port},
                        [self = shared_from_this()](error_code refused) {
                          if (self->abandoned) return;
                          self->timer.cancel();
                          error_code ignored;
                          if (!refused && self->attempt.is_open()) {
                            self->adopt(std::exchange(self->attempt, tcp::socket(self->loop)));
                          } else {
                            self->attempt.close(ignored);
                            self->seek_later();
                          }
                        });
}

/// A device that was made anew is another one, on which the old socket hears nothing.
void PeerLink::State::keep_listening() {
  const auto index = device_index(spec.device);
  if (!acceptor.is_open() || listening_on != index) {
    error_code ignored;
    acceptor.close(ignored);
    auto socket = listening_socket(spec);
    error_code failed;
    if (socket) acceptor.assign(protocol_of(spec), socket->release(), failed);
    if (socket && !failed) {
      listening_on = index;
      accept();
    }
  }
  if (!connection || !acceptor.is_open()) seek_later();
}

void PeerLink::State::accept() {
  acceptor.async_accept([self = shared_from_this()](error_code failed, tcp::socket socket) {
    if (self->abandoned || failed == asio::error::operation_aborted) return;
    error_code gone;
    const auto from = failed ? tcp::endpoint() : socket.remote_endpoint(gone);
    if (failed) {  // no descriptor is free, or the device has gone
      self->acceptor.close(gone);
      self->seek_later();
      return;
    }
    if (!gone && address_of(from.address()) == self->spec.theirs)
      self->adopt(std::move(socket));
    else if (!gone)
      self->note_odd("a connection from " + address_of(from.address()).to_text() + ", which is not the other router's");
    if (!self->abandoned && self->acceptor.is_open()) self->accept();
  });
}

void PeerLink::State::adopt(tcp::socket socket) {
  // The other knows better than we whether it still has the old one.
  if (connection) end("the other router begins anew");
  if (abandoned) return;
  // Whoever is called may end the link, and with it let go of this object.
  const auto held = [weak = weak_from_this()](auto&& call) {
    if (const auto owner = weak.lock(); owner && !owner->abandoned) call(*owner);
  };
  connection = std::make_shared<Connection>(
      std::move(socket),
      Connection::Listener{
          [held] { held([](State& state) { state.listener.connected(); }); },
          [held](nlohmann::json&& document) { held([&](State& state) { state.take(std::move(document)); }); },
          [held](const std::string& why) { held([&](State& state) { state.end(why); }); }});
  connection->begin();
}

void PeerLink::State::take(nlohmann::json&& document) {
  try {
    listener.received(std::move(document));
  } catch (const nlohmann::json::exception& problem) {  // a field that is missing, or of another type
    note_odd(std::string("a document that is not understood: ") + problem.what());
  }
}

void PeerLink::State::note_odd(const std::string& what) {
  if (last_odd && Clock::now() - *last_odd < between_oddities) {
    ++untold;
    return;
  }
  last_odd = Clock::now();
  const auto before = std::exchange(untold, 0);
  listener.odd(before == 0 ? what : what + " (and " + std::to_string(before) + " more before)");
}

void PeerLink::State::end(const std::string& why) {
  const auto old = std::exchange(connection, nullptr);
  if (!old || abandoned) return;
  const bool told = old->spoke();
  old->close();
  seek_later();
  if (told) listener.lost(why);
}

PeerLink::PeerLink(asio::io_context& loop, Spec spec, Listener listener)
    : state_(std::make_shared<State>(loop, std::move(spec), std::move(listener))) {
  asio::post(loop, [state = state_] { state->seek(); });
}

PeerLink::~PeerLink() {
  state_->abandoned = true;
  error_code ignored;
  state_->timer.cancel(ignored);
  state_->acceptor.close(ignored);
  state_->attempt.close(ignored);
  if (state_->connection) state_->connection->close();
  state_->connection.reset();
}

bool PeerLink::send(const nlohmann::json& document) {
  if (!connected()) return false;
  const auto line = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (line.size() > longest_line) return false;
  state_->connection->send(line);
  return true;
}

bool PeerLink::connected() const { return state_->connection && state_->connection->spoke(); }

}  // namespace fairlead::peer
