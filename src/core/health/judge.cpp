#include "core/health/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::health {
namespace {

constexpr int most_doublings = 4;  // 16 times
constexpr int enough_samples = 10;
/// Below this part of the limit a degraded uplink is good again, so that one at the limit does not flap.
constexpr double good_again = 0.75;

}  // namespace

void Judge::facts(bool usable, const std::string& why, Time now) {
  if (usable && !is_out()) has_been_up_ = true;
  if (usable == usable_) return;
  usable_ = usable;
  failures_ = successes_ = 0;
  if (!usable) {
    go_down(why, now);
  } else if (config_.probes.empty() && !held_until_) {
    come_up(now);
  } else {
    health_.why = "it is back, and must prove itself";
  }
}

void Judge::must_prove_itself(const std::string& why) {
  if (!usable_) return;
  has_been_up_ = false;
  failures_ = successes_ = 0;
  health_ = {Verdict::down, why};
}

void Judge::moved() {
  if (!config_.probes.empty()) must_prove_itself("its address has changed, and it must prove itself");
}

void Judge::recall() { must_prove_itself("it was found to be down before, and must prove itself"); }

void Judge::hold(Time until) {
  if (!usable_) return;
  held_until_ = until;
  cause_ = "before this router took over";
  if (health_.verdict != Verdict::down) health_ = {Verdict::held, fmt::format("it flaps (latest failure: {})", cause_)};
}

void Judge::round(Round outcome, const std::string& why, const Quality& quality, Time now) {
  if (!usable_) return;
  if (outcome == Round::failed) {
    successes_ = 0;
    ++failures_;
    if (health_.verdict != Verdict::down && failures_ >= config_.down_after) go_down(why, now);
    return;
  }
  failures_ = 0;
  if (is_out()) {
    if (outcome == Round::answered) recover(now);
  } else if (outcome == Round::answered || quality.asked > 0) {
    grade(quality);
  }
}

void Judge::recover(Time now) {
  ++successes_;
  // One that has never been up has nothing to make up for: a router that starts does not wait.
  const int enough = config_.probes.empty() || !has_been_up_ ? 1 : config_.up_after;
  if (successes_ < enough) return;
  if (!held_until_ || now >= *held_until_)
    come_up(now);
  else
    health_ = {Verdict::held, fmt::format("it flaps (latest failure: {})", cause_)};
}

void Judge::go_down(const std::string& why, Time now) {
  if (!is_out()) {
    const bool short_lived = up_since_ && now - *up_since_ < config_.dampen;
    flaps_ = short_lived ? std::min(flaps_ + 1, most_doublings + 2) : 0;
    // Once is bad luck, or a plug that was put in twice.
    if (flaps_ > 1) held_until_ = now + config_.dampen * (1 << (flaps_ - 2));
  }
  cause_ = why;
  successes_ = 0;
  health_ = {Verdict::down, why};
}

void Judge::come_up(Time now) {
  has_been_up_ = true;
  up_since_ = now;
  held_until_.reset();
  failures_ = successes_ = 0;
  health_ = {};
}

void Judge::grade(const Quality& quality) {
  const double part = health_.verdict == Verdict::degraded ? good_again : 1.0;
  const double loss = quality.loss * 100;
  const auto limit = std::chrono::duration_cast<Micros>(config_.max_latency * part);
  if (quality.asked >= enough_samples && loss > config_.max_loss * part)
    health_ = {Verdict::degraded, fmt::format("it loses more than {} % of the probes", config_.max_loss)};
  else if (quality.asked >= enough_samples && quality.latency && *quality.latency > limit)
    health_ = {Verdict::degraded, fmt::format("its latency is more than {}", to_text(config_.max_latency))};
  else
    health_ = {};
}

}  // namespace fairlead::health
