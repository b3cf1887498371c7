#pragma once
// Purpose: what the uplinks carry: asks the kernel every two seconds, and keeps the charts of the last hour and day.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/charts/chart.hpp"
#include "core/health/window.hpp"
#include "core/model/traffic.hpp"
#include "daemon/probed.hpp"
#include "sys/netlink/traffic.hpp"

namespace fairlead::daemon {

class Traffic {
 public:
  using QualityOf = std::function<health::Quality(UplinkId)>;
  using ConnectionsOf = std::function<std::optional<std::uint64_t>(UplinkId)>;

  /// `sampled` is called after each look.
  Traffic(boost::asio::io_context& loop, QualityOf quality, ConnectionsOf connections, std::function<void()> sampled);

  void follow(const std::vector<Probed>& uplinks);

  /// None: its device is not there, or was not looked at yet. Without the number of connections.
  [[nodiscard]] std::optional<UplinkTraffic> of(UplinkId uplink) const;

  /// {"span": "hour", "step": 10, "until": TIME, "uplinks": [{"name", "down": […], "up": […], "latency_ms": […],
  /// "loss": […], "connections": […]}]}, the oldest first, null where nothing is known; step in seconds.
  /// Errors: `span` is neither "hour" nor "day".
  [[nodiscard]] Result<nlohmann::json> charts(const std::string& span) const;

 private:
  struct Line {
    std::string name;
    IfIndex link;
    std::optional<netlink::LinkTraffic> last;
    std::chrono::steady_clock::time_point when;
    charts::Chart chart;
  };

  void sample();
  void sample_in(std::chrono::milliseconds pause);
  void take(UplinkId id, Line& line, const netlink::LinkTraffic& now, std::chrono::steady_clock::time_point when);

  QualityOf quality_;
  ConnectionsOf connections_;
  std::function<void()> sampled_;
  boost::asio::steady_timer timer_;
  std::optional<netlink::Socket> socket_;
  std::map<UplinkId, Line> lines_;
  bool running_ = false;
};

}  // namespace fairlead::daemon
