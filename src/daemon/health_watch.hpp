#pragma once
// Purpose: probes every uplink and tells when a verdict changes: connects core/health, which judges, with sys/probe,
// which asks.
//
//   uplinks ─▶ Panel ─▶ asks ─▶ Prober ─▶ answers ─▶ Panel ─▶ verdicts ─▶ `changed`
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <vector>

#include "core/health/panel.hpp"
#include "sys/probe/prober.hpp"

namespace fairlead::daemon {

/// One uplink, as far as probing needs it.
struct Probed {
  health::Subject subject;
  std::string device;
  std::uint32_t mark = 0;
  std::array<std::optional<IpAddress>, 2> source;   ///< by family
  std::array<std::optional<IpAddress>, 2> gateway;  ///< by family
};

class HealthWatch {
 public:
  /// `changed` is called from the loop when health() or undecided() differs from what it was.
  HealthWatch(boost::asio::io_context& loop, std::function<void()> changed);

  /// The uplinks as they are now.
  void follow(std::vector<Probed> uplinks);
  [[nodiscard]] const Health& health() const { return health_; }
  [[nodiscard]] health::Quality quality(UplinkId id) const { return panel_.quality(id, health::Time::clock::now()); }
  [[nodiscard]] bool undecided() const { return undecided_; }

 private:
  void advance();
  void ask(const health::Ask& ask);
  void schedule();

  std::function<void()> changed_;
  boost::asio::steady_timer timer_;
  health::Panel panel_;
  std::map<UplinkId, Probed> uplinks_;
  Health health_;
  bool undecided_ = false;
  probe::Prober prober_;
};

}  // namespace fairlead::daemon
