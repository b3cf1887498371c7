#pragma once
// Purpose: probes every uplink and tells when a verdict changes: connects core/health, which judges, with sys/probe,
// which asks.
//
//   uplinks ─▶ Panel ─▶ asks ─▶ Prober ─▶ answers ─▶ Panel ─▶ verdicts ─▶ `changed`
//                └─◀ suspicions ◀─ SilenceWatch ◀─ traffic, neighbours
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/wall_time.hpp"
#include "core/health/latency_order.hpp"
#include "core/health/panel.hpp"
#include "daemon/probed.hpp"
#include "daemon/silence_watch.hpp"
#include "sys/probe/prober.hpp"

namespace fairlead::daemon {

class HealthWatch {
 public:
  /// `changed` is called from the loop when health() or whether verdicts are undecided() differs from what it was.
  HealthWatch(boost::asio::io_context& loop, std::function<void()> changed);

  /// Uplinks that are out until their first answer. Before the first follow().
  void recall(std::set<UplinkId> down) { panel_.recall(std::move(down)); }
  /// The same at a takeover, with those that flap and until when they are held back. Takes effect at once: health() is
  /// another afterwards.
  void take_over(const std::set<UplinkId>& down, const std::map<UplinkId, WallTime>& held);
  /// Those that are held back, and until when.
  [[nodiscard]] std::map<UplinkId, WallTime> held() const;
  /// The uplinks as they are now. `by_latency`: somebody wants to know their order.
  void follow(std::vector<Probed> uplinks, bool by_latency);
  [[nodiscard]] const Health& health() const { return health_; }
  [[nodiscard]] health::Quality quality(UplinkId id) const { return panel_.quality(id, health::Time::clock::now()); }
  /// What nothing answers on any uplink, for people; none: all is decided.
  [[nodiscard]] const std::optional<std::string>& undecided() const { return undecided_; }

 private:
  void advance();
  void ask(const health::Ask& ask);
  void suspect(UplinkId id);
  void put_in_order(health::Time now);
  void tell_holds(Health& health);
  void schedule();

  std::function<void()> changed_;
  boost::asio::steady_timer timer_;
  health::Panel panel_;
  std::map<UplinkId, Probed> uplinks_;
  Health health_;
  std::optional<std::string> undecided_;
  std::map<UplinkId, std::pair<health::Time, WallTime>> holds_;  // their ends, by both clocks
  bool by_latency_ = false;
  health::LatencyOrder order_;
  health::Time ordered_at_;
  probe::Prober prober_;
  SilenceWatch silence_;
};

}  // namespace fairlead::daemon
