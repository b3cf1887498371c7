#include "core/pair/election.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::pair {
namespace {

using namespace std::chrono_literals;

/// Connections and leases have been copied by then.
constexpr auto catching_up = 5s;
constexpr auto longest_hand_over = 10s;
/// So that both see the same before one lets go.
constexpr auto sure_of_the_other = 300ms;
/// Each router may believe for a moment that it is active: while the role moves, that is no split.
constexpr auto split = 2s;
/// Neighbours are heard on a LAN that lets no VRRP through; so a router that has conceded in vain waits ever longer.
constexpr auto first_concession = 2s;
constexpr auto longest_concession = 3600s;
constexpr auto soon_again = 60s;
/// A router without the addresses of its uplinks cannot tell whether they lead anywhere. Found out to be wrong, the
/// next guess waits longer.
constexpr auto first_guess_pause = 60s;
constexpr auto longest_guess_pause = 3600s;
/// Until two that start together, or one that returns, have met over the cable between them.
constexpr auto greeting = 2s;
/// Its uplinks have carried it for so long since it took over: probes would have found out by then.
constexpr auto guess_proven = 5s;

}  // namespace

Wish Election::decide(const Known& known, Time now) {
  next_.reset();
  if (known.master) by_hand_ = by_hand_ && hand_over_until_.has_value();
  if (!known.other) heard_since_.reset();
  if (known.other && !heard_since_) heard_since_ = now;
  const bool other_active = known.other && known.other->active;
  if (!other_active) other_active_since_.reset();
  if (other_active && !other_active_since_) other_active_since_ = now;
  note_two_active(known, now);
  note_lan(known, now);
  note_right_guess(known, now);

  if (known.maintenance) return {out_of_service, "maintenance"};
  if (hand_over_until_) {
    const bool done = other_active_since_ && now - *other_active_since_ >= sure_of_the_other;
    const bool taken = known.other && (known.other->active || !known.other->gives_way);
    if (!done && taken && now < *hand_over_until_) {
      look_again(other_active_since_ ? *other_active_since_ + sure_of_the_other : *hand_over_until_);
      return {out_of_service, "handed over by hand"};
    }
    hand_over_until_.reset();
  }
  if (yields_without_uplinks(known, now))
    return {out_of_service, fmt::format("no uplink works here, and {} there", known.other->usable)};
  if (awaits_lan_) return {out_of_service, not_seen_on_lan};
  if (awaits_cable_) return {out_of_service, "it has just started, and does not hear the other router yet"};
  if (concedes_) return {out_of_service, "the other router is active as well, and has the higher priority"};
  // Below every priority that a file can have, but there if the other one dies.
  if (!may_preempt(known, now)) return {1 - known.priority, ""};
  return {0, ""};
}

void Election::hand_over(Time now) {
  hand_over_until_ = now + longest_hand_over;
  by_hand_ = true;
}

bool Election::yields_without_uplinks(const Known& known, Time now) {
  const bool better_there = known.usable == 0 && known.other && known.other->usable > 0 && !known.other->gives_way;
  if (!better_there) {
    yields_ = false;
    return false;
  }
  if (yields_ || known.other->judged) return yields_ = true;
  if (now < next_guess_) {
    look_again(next_guess_);
    return false;
  }
  guess_pause_ = std::clamp<std::chrono::seconds>(guess_pause_ * 2, first_guess_pause, longest_guess_pause);
  next_guess_ = now + guess_pause_;
  return yields_ = true;
}

void Election::note_right_guess(const Known& known, Time now) {
  const bool works_there = other_active_since_ && known.other->judged && known.other->usable > 0;
  if (guess_pause_ == 0s || !works_there) return;
  if (now - *other_active_since_ < guess_proven) {
    look_again(*other_active_since_ + guess_proven);
    return;
  }
  guess_pause_ = 0s;
  next_guess_ = {};
}

void Election::note_two_active(const Known& known, Time now) {
  const bool other_active = known.other && known.other->active;
  if (concedes_) {
    // It still has the role; whether VRRP would see that now is for the LAN to say.
    const bool lan_is_whole = other_active && known.other->on_lan && now >= concedes_until_;
    concedes_ = other_active && !lan_is_whole;
    if (concedes_ && known.other->on_lan) look_again(concedes_until_);
    two_active_since_.reset();
    return;
  }
  if (!known.master || !other_active) {
    two_active_since_.reset();
    return;
  }
  if (!two_active_since_) two_active_since_ = now;
  if (now - *two_active_since_ < split) {
    look_again(*two_active_since_ + split);
    return;
  }
  if (!known.other->outranks) return;
  concedes_ = true;
  const bool again = now < concedes_until_ + soon_again;
  concession_ = again ? std::min<std::chrono::seconds>(concession_ * 2, longest_concession) : first_concession;
  concedes_until_ = now + concession_;
}

/// The port of a switch may have its carrier long before it lets frames through (IEEE 802.1D: listening, learning). A
/// router that has just been plugged in would take the other one's silence for its end.
void Election::note_lan(const Known& known, Time now) {
  if (!first_asked_) first_asked_ = now;
  heard_ever_ = heard_ever_ || known.other;
  if (!known.carrier && !known.master) lan_passes_ = false;  // VRRP itself takes no role then
  lan_passes_ = lan_passes_ || known.master || (known.other && known.other->on_lan);
  awaits_lan_ = known.carrier && !lan_passes_ && known.other && known.other->active && !known.other->gives_way;
  awaits_cable_ = !lan_passes_ && !heard_ever_ && now < *first_asked_ + greeting;
  if (awaits_cable_) look_again(*first_asked_ + greeting);
}

bool Election::two_active(Time now) const { return two_active_since_ && now - *two_active_since_ >= split / 2; }

bool Election::may_preempt(const Known& known, Time now) {
  if (!known.preempt.wanted || known.master) return true;
  if (by_hand_ || !heard_since_) return false;
  const auto after = *heard_since_ + std::max<std::chrono::milliseconds>(known.preempt.after, catching_up);
  if (now >= after) return true;
  look_again(after);
  return false;
}

void Election::look_again(Time when) { next_ = std::min(next_.value_or(when), when); }

}  // namespace fairlead::pair
