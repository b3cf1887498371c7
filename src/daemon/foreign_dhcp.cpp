#include "daemon/foreign_dhcp.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <random>

#include "core/dhcp/discovery.hpp"
#include "sys/solicit/dhcp_listener.hpp"

namespace fairlead::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto between_questions = 300s;
/// While one is there, so that its end is noticed, too.
constexpr auto while_seen = 5s;
constexpr int silent_rounds = 2;  // after which it is taken for gone

constexpr const char* alone = "alone";
constexpr const char* foreign = "foreign";
constexpr const char* effect = "hosts that listen to it miss this router, or get addresses that others have";

std::uint32_t new_id() {
  std::random_device random;
  return random();
}

}  // namespace

/// Of one LAN.
class ForeignDhcp::Watch : public std::enable_shared_from_this<Watch> {
 public:
  using Changed = std::function<void(const Watch&, const char* before)>;

  Watch(asio::io_context& loop, DhcpLan lan, Changed changed)
      : lan_(std::move(lan)), changed_(std::move(changed)), descriptor_(loop), timer_(loop) {}

  void begin() {
    if (lan_.carrier) open();
  }

  [[nodiscard]] bool is_of(const DhcpLan& lan) const {
    return lan.link == lan_.link && lan.index == lan_.index && lan.carrier == lan_.carrier;
  }
  [[nodiscard]] const std::string& lan() const { return lan_.lan; }
  [[nodiscard]] bool seen() const { return seen_.has_value(); }
  [[nodiscard]] std::string why() const {
    return fmt::format("{} ({}) hands out addresses, too", seen_->server.to_text(), dhcp::to_text(seen_->mac));
  }

 private:
  void open() {
    auto opened = solicit::DhcpListener::open(lan_.link);
    if (!opened) {
      spdlog::warn("lan {}: other DHCP servers are not looked for: {}", lan_.lan, opened.error().message);
      return;
    }
    listener_ = std::move(*opened);
    descriptor_.assign(::dup(listener_->fd()));  // asio closes what it is given
    hear();
    ask();
  }

  void hear() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [alive = weak_from_this()](boost::system::error_code stopped) {
                             const auto self = alive.lock();
                             if (stopped || !self) return;
                             self->take_frames();
                             self->hear();
                           });
  }

  void take_frames() {
    for (;;) {
      const auto frame = listener_->receive();
      if (!frame || frame->empty()) return;
      if (const auto sighting = dhcp::parse_server_frame(*frame)) note(*sighting);
    }
  }

  void ask() {
    if (seen_ && ++silent_ > silent_rounds) {
      seen_.reset();
      changed_(*this, foreign);
    }
    // What cannot be sent now is sent the next time; a carrier that comes makes a new watch.
    static_cast<void>(listener_->send(dhcp::discover_frame(listener_->mac(), new_id())));
    ask_after(seen_ ? while_seen : between_questions);
  }

  void ask_after(std::chrono::seconds pause) {
    timer_.expires_after(pause);
    timer_.async_wait([alive = weak_from_this()](boost::system::error_code moved) {
      const auto self = alive.lock();
      if (!moved && self) self->ask();
    });
  }

  void note(const dhcp::ServerSighting& sighting) {
    if (is_of_pair(sighting.server)) return;
    silent_ = 0;
    if (seen_ == sighting) return;
    const bool first = !seen_;
    seen_ = sighting;
    changed_(*this, first ? alone : foreign);
    if (first) ask_after(while_seen);
  }

  /// Both routers of a pair may answer for a moment, while they agree on which one is active.
  [[nodiscard]] bool is_of_pair(const IpAddress& server) const {
    return lan_.of_pair && std::ranges::find(lan_.subnets, server, &DhcpSubnet::router) != lan_.subnets.end();
  }

  DhcpLan lan_;
  Changed changed_;
  std::optional<solicit::DhcpListener> listener_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer timer_;
  std::optional<dhcp::ServerSighting> seen_;
  int silent_ = 0;
};

ForeignDhcp::ForeignDhcp(asio::io_context& loop, Journal& journal) : loop_(loop), journal_(journal) {}
ForeignDhcp::~ForeignDhcp() = default;

void ForeignDhcp::follow(const std::vector<DhcpLan>& lans) {
  const auto gone = [&](const auto& entry) {
    return std::ranges::none_of(lans,
                                [&](const DhcpLan& lan) { return lan.lan == entry.first && entry.second->is_of(lan); });
  };
  if (std::erase_if(watches_, gone) != 0) note_conditions();
  for (const auto& lan : lans)
    if (auto& watch = watches_[lan.lan]; !watch) {
      watch = std::make_shared<Watch>(loop_, lan, [this](const Watch& of, const char* before) { tell(of, before); });
      watch->begin();
    }
}

void ForeignDhcp::tell(const Watch& watch, const char* before) {
  const bool seen = watch.seen();
  journal_.tell(
      {{}, "dhcp-server", watch.lan(), before, seen ? foreign : alone, seen ? watch.why() : "", seen ? effect : ""});
  note_conditions();
}

void ForeignDhcp::note_conditions() {
  std::vector<Condition> found;
  for (const auto& [lan, watch] : watches_)
    if (watch->seen()) found.push_back({"foreign-dhcp-server", lan, {}, watch->why(), effect});
  journal_.set_conditions("foreign-dhcp", std::move(found));
}

void ForeignDhcp::stop() { watches_.clear(); }

}  // namespace fairlead::daemon
