#include "daemon/health_watch.hpp"

namespace fairlead::daemon {

using Clock = health::Time::clock;

HealthWatch::HealthWatch(boost::asio::io_context& loop, std::function<void()> changed)
    : changed_(std::move(changed)), timer_(loop), prober_(loop) {}

void HealthWatch::follow(std::vector<Probed> uplinks) {
  std::vector<health::Subject> subjects;
  uplinks_.clear();
  for (auto& uplink : uplinks) {
    subjects.push_back(uplink.subject);
    const auto id = uplink.subject.id;
    uplinks_.emplace(id, std::move(uplink));
  }
  panel_.set(std::move(subjects), Clock::now());
  advance();
}

void HealthWatch::advance() {
  for (const auto& wanted : panel_.advance(Clock::now())) ask(wanted);
  schedule();
  auto now = panel_.health();
  if (now == health_ && panel_.undecided() == undecided_) return;
  health_ = std::move(now);
  undecided_ = panel_.undecided();
  changed_();
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
