#pragma once
// Purpose: whether this router of a pair wants to be the active one. VRRP settles it by priority; this says when a
// router gives way although it lives (maintenance, no uplink that works, the other one is active as well, a LAN that
// does not carry anything yet), and when one that comes back asks for the role. Pure: what is known goes in as values,
// with the time.
#include <chrono>
#include <optional>
#include <string>

#include "core/model/config.hpp"

namespace fairlead::pair {

using Time = std::chrono::steady_clock::time_point;

/// Of the other router, as it said over the cable between them.
struct Other {
  bool active = false;
  bool gives_way = false;  ///< it does not want to be active
  int usable = 0;          ///< uplinks
  bool judged = false;     ///< by all probes
  bool outranks = false;   ///< its priority is higher
  bool on_lan = false;     ///< it answers on the LAN, where VRRP runs
};

struct Known {
  bool master = false;   ///< VRRP says so
  bool carrier = false;  ///< the first LAN has one
  int usable = 0;        ///< uplinks
  bool maintenance = false;
  int priority = 0;
  Preempt preempt;
  std::optional<Other> other;  ///< none: nothing is heard of it
};

struct Wish {
  int offset = 0;   ///< to be added to the priority
  std::string why;  ///< why this router does not want to be active; empty: it does, or the other one simply is
  bool operator==(const Wish&) const = default;
};

/// Offset: no role whatever happens (VRRP state FAULT).
inline constexpr int out_of_service = -254;
/// Why one that awaits_lan() gives way.
inline constexpr auto not_seen_on_lan = "the other router is active, and not seen on the LAN yet";

class Election {
 public:
  [[nodiscard]] Wish decide(const Known& known, Time now);
  /// An administrator gives the role to the other router. It stays there: preemption waits for its next failure.
  void hand_over(Time now);
  /// He wants it back.
  void take_back() { hand_over_until_.reset(), by_hand_ = false; }
  /// Both say that they are active, and this one gives way until the LAN is whole again.
  [[nodiscard]] bool concedes() const { return concedes_; }
  /// The other one is active, and this one has not seen it on the LAN since that has a carrier.
  [[nodiscard]] bool awaits_lan() const { return awaits_lan_; }
  [[nodiscard]] bool looks_for_the_other() const { return concedes_ || awaits_lan_; }
  /// Both have said for a while that they are active, not only for the moment in which the role moves.
  [[nodiscard]] bool two_active(Time now) const;
  /// When decide() may say something else though nothing changes.
  [[nodiscard]] std::optional<Time> next() const { return next_; }

 private:
  [[nodiscard]] bool yields_without_uplinks(const Known& known, Time now);
  void note_two_active(const Known& known, Time now);
  void note_lan(const Known& known, Time now);
  void note_right_guess(const Known& known, Time now);
  [[nodiscard]] bool may_preempt(const Known& known, Time now);
  void look_again(Time when);

  std::optional<Time> next_;
  std::optional<Time> first_asked_;
  std::optional<Time> heard_since_;  // the other one
  std::optional<Time> hand_over_until_;
  std::optional<Time> other_active_since_;
  std::optional<Time> two_active_since_;
  Time concedes_until_;
  std::chrono::seconds concession_{};
  Time next_guess_;  // no yielding on a guess before this
  std::chrono::seconds guess_pause_{};
  bool yields_ = false;
  bool concedes_ = false;
  bool lan_passes_ = false;  // frames, since it has a carrier
  bool awaits_lan_ = false;
  bool heard_ever_ = false;  // the other one
  bool awaits_cable_ = false;
  bool by_hand_ = false;  // the other one is active because somebody said so
};

}  // namespace fairlead::pair
