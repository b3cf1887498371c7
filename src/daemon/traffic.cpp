#include "daemon/traffic.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/wall_time.hpp"

namespace fairlead::daemon {
namespace {

using Clock = std::chrono::steady_clock;
using charts::Chart;
using charts::Point;

constexpr std::size_t recent_points = 30;
/// Of a chart as it is told: more than a screen is wide nobody sees.
constexpr std::size_t told_points = 360;

/// Counters of a device that was made anew begin at 0.
double bits_per_second(std::uint64_t now, std::uint64_t before, double seconds) {
  return now < before || seconds <= 0 ? 0 : static_cast<double>(now - before) * 8 / seconds;
}

nlohmann::json series(const std::vector<Point>& points, float Point::* field, double scale) {
  auto list = nlohmann::json::array();
  for (const auto& point : points) {
    const auto value = static_cast<double>(point.*field);
    if (std::isnan(value))
      list.push_back(nullptr);
    else
      list.push_back(std::round(value * scale) / scale);
  }
  return list;
}

std::vector<double> rates(const std::vector<Point>& points, float Point::* field) {
  std::vector<double> list;
  for (const auto& point : points) list.push_back(std::round(static_cast<double>(point.*field)));
  return list;
}

}  // namespace

Traffic::Traffic(boost::asio::io_context& loop, QualityOf quality, ConnectionsOf connections,
                 std::function<void()> sampled)
    : quality_(std::move(quality)), connections_(std::move(connections)), sampled_(std::move(sampled)), timer_(loop) {}

void Traffic::follow(const std::vector<Probed>& uplinks) {
  std::map<UplinkId, Line> lines;
  for (const auto& uplink : uplinks) {
    const auto id = uplink.subject.id;
    auto& line = lines[id];
    if (const auto known = lines_.find(id); known != lines_.end()) line = std::move(known->second);
    if (line.link != uplink.link) line.last.reset();
    line.name = uplink.name;
    line.link = uplink.link;
  }
  lines_ = std::move(lines);
  if (!running_) sample_in({});
}

void Traffic::sample_in(std::chrono::milliseconds pause) {
  running_ = true;
  timer_.expires_after(pause);
  timer_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped) sample();
  });
}

void Traffic::sample() {
  sample_in(Chart::fine_step);
  if (!socket_) {
    auto opened = netlink::Socket::open();
    if (!opened) return;
    socket_ = std::move(*opened);
  }
  const auto traffic = netlink::observe_traffic(*socket_);
  if (!traffic) {
    socket_.reset();  // what is left of a failed answer must not be taken for the next one
    return;
  }
  const auto now = Clock::now();
  for (auto& [id, line] : lines_) {
    const auto found = std::ranges::find(*traffic, line.link, &netlink::LinkTraffic::index);
    if (found != traffic->end())
      take(id, line, *found, now);
    else
      line.last.reset();
  }
  sampled_();
}

void Traffic::take(UplinkId id, Line& line, const netlink::LinkTraffic& now, Clock::time_point when) {
  Point point;
  if (line.last) {
    const double seconds = std::chrono::duration<double>(when - line.when).count();
    point.down = static_cast<float>(bits_per_second(now.received_bytes, line.last->received_bytes, seconds));
    point.up = static_cast<float>(bits_per_second(now.sent_bytes, line.last->sent_bytes, seconds));
  }
  if (const auto quality = quality_(id); quality.asked > 0) {
    point.loss = static_cast<float>(quality.loss);
    if (quality.latency) point.latency = std::chrono::duration<float, std::milli>(*quality.latency).count();
  }
  if (const auto count = connections_(id)) point.connections = static_cast<float>(*count);
  line.chart.add(point);
  line.last = now;
  line.when = when;
}

std::optional<UplinkTraffic> Traffic::of(UplinkId uplink) const {
  const auto line = lines_.find(uplink);
  if (line == lines_.end() || !line->second.last) return std::nullopt;
  UplinkTraffic traffic;
  traffic.received_bytes = line->second.last->received_bytes;
  traffic.sent_bytes = line->second.last->sent_bytes;
  const auto recent = line->second.chart.newest(recent_points);
  traffic.recent_down = rates(recent, &Point::down);
  traffic.recent_up = rates(recent, &Point::up);
  if (!recent.empty()) {
    traffic.down = traffic.recent_down.back();
    traffic.up = traffic.recent_up.back();
  }
  return traffic;
}

Result<nlohmann::json> Traffic::charts(const std::string& span) const {
  const bool hour = span == "hour";
  if (!hour && span != "day") return fail("a chart's span is \"hour\" or \"day\", not \"" + span + "\"");
  const auto group = (hour ? Chart::fine_points : Chart::coarse_points) / told_points;
  const auto step = (hour ? std::chrono::seconds(Chart::fine_step) : std::chrono::seconds(Chart::coarse_step)) * group;
  nlohmann::json told{
      {"span", span}, {"step", step.count()}, {"until", to_text(wall_now())}, {"uplinks", nlohmann::json::array()}};
  for (const auto& [id, line] : lines_) {
    const auto points = hour ? line.chart.last_hour(group) : line.chart.last_day(group);
    told["uplinks"].push_back({{"name", line.name},
                               {"down", series(points, &Point::down, 1)},
                               {"up", series(points, &Point::up, 1)},
                               {"latency_ms", series(points, &Point::latency, 10)},
                               {"loss", series(points, &Point::loss, 1000)},
                               {"connections", series(points, &Point::connections, 1)}});
  }
  return told;
}

}  // namespace fairlead::daemon
