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
#include <vector>

#include "core/health/latency_order.hpp"
#include "core/health/panel.hpp"
#include "daemon/probed.hpp"
#include "daemon/silence_watch.hpp"
#include "sys/probe/prober.hpp"

namespace fairlead::daemon {

class HealthWatch {
 public:
  /// `changed` is called from the loop when health() or undecided() differs from what it was.
  HealthWatch(boost::asio::io_context& loop, std::function<void()> changed);

  /// The uplinks as they are now. `by_latency`: somebody wants to know their order.
  void follow(std::vector<Probed> uplinks, bool by_latency);
  [[nodiscard]] const Health& health() const { return health_; }
  [[nodiscard]] health::Quality quality(UplinkId id) const { return panel_.quality(id, health::Time::clock::now()); }
  [[nodiscard]] bool undecided() const { return undecided_; }

 private:
  void advance();
  void ask(const health::Ask& ask);
  void suspect(UplinkId id);
  void put_in_order(health::Time now);
  void schedule();

  std::function<void()> changed_;
  boost::asio::steady_timer timer_;
  health::Panel panel_;
  std::map<UplinkId, Probed> uplinks_;
  Health health_;
  bool undecided_ = false;
  bool by_latency_ = false;
  health::LatencyOrder order_;
  health::Time ordered_at_;
  probe::Prober prober_;
  SilenceWatch silence_;
};

}  // namespace fairlead::daemon
