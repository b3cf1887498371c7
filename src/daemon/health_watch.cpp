#include "daemon/health_watch.hpp"

#include <fmt/format.h>

#include <chrono>

namespace fairlead::daemon {

using Clock = health::Time::clock;

namespace {

constexpr auto order_pace = std::chrono::milliseconds(500);

}  // namespace

HealthWatch::HealthWatch(boost::asio::io_context& loop, std::function<void()> changed)
    : changed_(std::move(changed)),
      timer_(loop),
      prober_(loop),
      silence_(loop, [this](UplinkId id) { suspect(id); }, [this](UplinkId id) { return quality(id).latency; }) {}

void HealthWatch::follow(std::vector<Probed> uplinks, bool by_latency) {
  by_latency_ = by_latency;
  std::vector<health::Subject> subjects;
  uplinks_.clear();
  silence_.follow(uplinks);
  for (auto& uplink : uplinks) {
    subjects.push_back(uplink.subject);
    const auto id = uplink.subject.id;
    uplinks_.emplace(id, std::move(uplink));
  }
  panel_.set(std::move(subjects), Clock::now());
  advance();
}

void HealthWatch::take_over(const std::set<UplinkId>& down, const std::map<UplinkId, WallTime>& held) {
  panel_.doubt(down);
  for (const auto& [id, until] : held)
    if (const auto left = until - wall_now(); left.count() > 0) panel_.hold(id, Clock::now() + left);
  advance();
}

std::map<UplinkId, WallTime> HealthWatch::held() const {
  std::map<UplinkId, WallTime> found;
  for (const auto& [id, one] : health_.uplinks)
    if (const auto hold = holds_.find(id); one.verdict == Verdict::held && hold != holds_.end())
      found.emplace(id, hold->second.second);
  return found;
}

void HealthWatch::advance() {
  const auto now = Clock::now();
  for (const auto& wanted : panel_.advance(now)) ask(wanted);
  schedule();
  auto health = panel_.health();
  tell_holds(health);
  if (by_latency_) {
    put_in_order(now);
    health.by_latency = order_.order();
  }
  auto undecided = panel_.undecided();
  if (health == health_ && undecided.has_value() == undecided_.has_value()) return;
  health_ = std::move(health);
  undecided_ = std::move(undecided);
  changed_();
}

/// The end of a hold is translated once, or it would seem to change with every reading of the two clocks.
void HealthWatch::tell_holds(Health& health) {
  for (auto& [id, one] : health.uplinks) {
    const auto until = one.verdict == Verdict::held ? panel_.held_until(id) : std::nullopt;
    if (!until) continue;
    auto& [known, wall] = holds_[id];
    if (known != *until) {
      known = *until;
      wall = wall_now() + std::chrono::ceil<std::chrono::seconds>(*until - Clock::now());
    }
    one.why += fmt::format(", and is the last resort until {}", to_text(wall));
  }
}

void HealthWatch::put_in_order(health::Time now) {
  if (now - ordered_at_ < order_pace) return;
  ordered_at_ = now;
  std::map<UplinkId, std::optional<health::Micros>> latencies;
  for (const auto& [id, uplink] : uplinks_) latencies.emplace(id, panel_.quality(id, now).latency);
  order_.update(latencies, now);
}

void HealthWatch::suspect(UplinkId id) {
  panel_.suspect(id, Clock::now());
  advance();
}

void HealthWatch::ask(const health::Ask& ask) {
  const auto& uplink = uplinks_.at(ask.uplink);
  const auto gateway = uplink.gateway[0] ? uplink.gateway[0] : uplink.gateway[1];
  const auto target = ask.target ? *ask.target : gateway.value_or(IpAddress{});
  const auto source = uplink.source.at(static_cast<std::size_t>(target.family()));
  prober_.ask({uplink.device, uplink.mark, source, target, ask.probe}, [this, id = ask.id](const auto& outcome) {
    panel_.answer(id, outcome.round_trip, outcome.why, Clock::now());
    advance();
  });
}

void HealthWatch::schedule() {
  const auto when = panel_.next();
  if (!when) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(*when);
  timer_.async_wait([this](boost::system::error_code moved) {
    if (!moved) advance();
  });
}

}  // namespace fairlead::daemon
