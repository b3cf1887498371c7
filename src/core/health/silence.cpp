#include "core/health/silence.hpp"

#include <algorithm>

namespace fairlead::health {
namespace {

using std::chrono::microseconds;

constexpr microseconds shortest_patience = std::chrono::milliseconds(150);
/// One lost packet is bad luck; a stream of acknowledgements or retries is not.
constexpr std::uint64_t enough_unanswered = 3;
/// Below this a line is not busy enough to tell silence from a pause.
constexpr double busy_rate = 50;
/// Of the usual rate; less than this is hardly anything.
constexpr double hardly = 0.125;
/// The weight of a second of samples in the usual rate.
constexpr double memory = 0.5;

double seconds(Time::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

bool Silence::nothing_comes(const Traffic& grown, microseconds patience, Time now) {
  if (grown.received > 0) {
    unanswered_since_.reset();
    unanswered_ = 0;
    return false;
  }
  if (grown.sent == 0 && !unanswered_since_) return false;
  // They left some time after the sample before this one.
  if (!unanswered_since_) unanswered_since_ = now;
  unanswered_ += grown.sent;
  return unanswered_ >= enough_unanswered && now - *unanswered_since_ >= patience;
}

bool Silence::hardly_anything_comes(const Traffic& grown, microseconds patience, Time now) {
  const auto span = seconds(now - sampled_);
  if (span <= 0) return false;
  const auto rate = static_cast<double>(grown.received) / span;
  if (usual_rate_ < busy_rate || rate > usual_rate_ * hardly) {
    quiet_since_.reset();
    sent_in_quiet_ = 0;
    const auto weight = std::min(1.0, span * memory);
    usual_rate_ += (rate - usual_rate_) * weight;
    return false;
  }
  if (!quiet_since_) quiet_since_ = sampled_;
  sent_in_quiet_ += grown.sent;
  if (now - *quiet_since_ < patience) return false;
  const bool suspicious = sent_in_quiet_ >= enough_unanswered;
  if (!suspicious) usual_rate_ = rate;  // nobody sends either: the line is merely idle
  return suspicious;
}

bool Silence::sample(const Traffic& now_is, std::optional<Micros> round_trip, Time now) {
  const auto patience = std::max(shortest_patience, microseconds(round_trip.value_or(Micros(0)) * 3));
  const bool counts_on = before_ && now_is.sent >= before_->sent && now_is.received >= before_->received;
  bool suspicious = false;
  if (counts_on) {
    const Traffic grown{now_is.sent - before_->sent, now_is.received - before_->received};
    const bool nothing = nothing_comes(grown, patience, now);
    suspicious = hardly_anything_comes(grown, patience, now) || nothing;
  }
  before_ = now_is;
  sampled_ = now;
  next_ = now + pace;
  if (unanswered_since_ && *unanswered_since_ + patience > now) next_ = std::min(next_, *unanswered_since_ + patience);
  if (suspicious) {
    unanswered_since_.reset();
    unanswered_ = 0;
    quiet_since_.reset();
    sent_in_quiet_ = 0;
    usual_rate_ = 0;
  }
  return suspicious;
}

}  // namespace fairlead::health
