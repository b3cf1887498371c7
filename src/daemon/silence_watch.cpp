#include "daemon/silence_watch.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace fairlead::daemon {
namespace {

using Clock = health::Time::clock;

constexpr auto round_trips_stay = std::chrono::seconds(1);
constexpr auto pause_after_failure = std::chrono::seconds(1);
/// Deadlines are met this exactly; nearer ones would only cost more.
constexpr auto finest = std::chrono::milliseconds(10);

}  // namespace

SilenceWatch::SilenceWatch(boost::asio::io_context& loop, Suspect suspect, RoundTrip round_trip)
    : suspect_(std::move(suspect)), round_trip_(std::move(round_trip)), timer_(loop), neighbours_ready_(loop) {
  if (auto socket = netlink::Socket::open())
    socket_ = std::move(*socket);
  else
    spdlog::warn("traffic is not watched: {}", socket.error().message);
  auto neighbours = netlink::NeighbourMonitor::open();
  if (!neighbours) {
    spdlog::warn("gateways are not watched: {}", neighbours.error().message);
    return;
  }
  neighbours_ = std::move(*neighbours);
  neighbours_ready_.assign(::dup(neighbours_->fd()));  // asio closes what it is given
  wait_for_neighbours();
}

void SilenceWatch::follow(const std::vector<Probed>& uplinks) {
  std::map<UplinkId, Line> lines;
  for (const auto& uplink : uplinks) {
    const auto& subject = uplink.subject;
    if (!subject.usable || subject.config.probes.empty()) continue;
    Line line{uplink.link, uplink.gateway, std::nullopt, {}};
    const auto known = lines_.find(subject.id);
    if (known != lines_.end() && known->second.link == line.link) {
      line.round_trip = known->second.round_trip;
      line.silence = known->second.silence;
    }
    lines.emplace(subject.id, line);
  }
  lines_ = std::move(lines);
  if (!running_ && socket_ && !lines_.empty()) sample_at(Clock::now());
}

void SilenceWatch::sample_at(health::Time when) {
  running_ = true;
  timer_.expires_at(when);
  timer_.async_wait([this](boost::system::error_code stopped) {
    running_ = false;
    if (!stopped) sample();
  });
}

void SilenceWatch::sample() {
  const auto traffic = netlink::observe_traffic(*socket_);
  const auto now = Clock::now();
  if (!traffic) {
    if (!std::exchange(failing_, true)) spdlog::warn("traffic is not watched for now: {}", traffic.error().message);
    // What is left of a failed answer must not be taken for the next one.
    if (auto fresh = netlink::Socket::open()) socket_ = std::move(*fresh);
    sample_at(now + pause_after_failure);
    return;
  }
  failing_ = false;
  const bool ask_round_trips = now - round_trips_known_ >= round_trips_stay;
  if (ask_round_trips) round_trips_known_ = now;
  std::vector<UplinkId> suspicious;
  auto next = now + health::Silence::pace;
  for (auto& [id, line] : lines_) {
    if (ask_round_trips) line.round_trip = round_trip_(id);
    const auto entry = std::ranges::find(*traffic, line.link, &netlink::LinkTraffic::index);
    if (entry == traffic->end()) continue;
    if (line.silence.sample({entry->sent_packets, entry->received_packets}, line.round_trip, now))
      suspicious.push_back(id);
    next = std::min(next, line.silence.next());
  }
  if (!lines_.empty()) sample_at(std::max(next, now + finest));
  for (const auto id : suspicious) suspect_(id);
}

void SilenceWatch::wait_for_neighbours() {
  neighbours_ready_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [this](boost::system::error_code stopped) {
                                 if (stopped) return;
                                 told_of_neighbours();
                                 wait_for_neighbours();
                               });
}

void SilenceWatch::told_of_neighbours() {
  const auto lost = neighbours_->read();
  if (!lost) {
    spdlog::warn("{}", lost.error().message);
    return;
  }
  std::vector<UplinkId> suspicious;
  for (const auto& [id, line] : lines_)
    for (const auto& neighbour : *lost)
      if (neighbour.link == line.link && std::ranges::find(line.gateway, neighbour.address) != line.gateway.end())
        suspicious.push_back(id);
  for (const auto id : suspicious) suspect_(id);
}

}  // namespace fairlead::daemon
