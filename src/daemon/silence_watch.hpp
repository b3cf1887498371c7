#pragma once
// Purpose: watches the traffic of uplinks, and their gateways' neighbour entries, for signs that something is wrong
// sooner than the next probe would tell. While all is well it costs one question to the kernel every 100 ms.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/health/silence.hpp"
#include "daemon/probed.hpp"
#include "sys/netlink/neighbours.hpp"
#include "sys/netlink/traffic.hpp"

namespace fairlead::daemon {

class SilenceWatch {
 public:
  using Suspect = std::function<void(UplinkId)>;
  using RoundTrip = std::function<std::optional<health::Micros>(UplinkId)>;

  /// `suspect` is called from the loop; `round_trip` tells the usual one of an uplink.
  SilenceWatch(boost::asio::io_context& loop, Suspect suspect, RoundTrip round_trip);

  void follow(const std::vector<Probed>& uplinks);

 private:
  struct Line {
    IfIndex link;
    std::array<std::optional<IpAddress>, 2> gateway;
    std::optional<health::Micros> round_trip;
    health::Silence silence;
  };

  void sample();
  void sample_at(health::Time when);
  void wait_for_neighbours();
  void told_of_neighbours();

  Suspect suspect_;
  RoundTrip round_trip_;
  boost::asio::steady_timer timer_;
  boost::asio::posix::stream_descriptor neighbours_ready_;
  std::optional<netlink::Socket> socket_;
  std::optional<netlink::NeighbourMonitor> neighbours_;
  std::map<UplinkId, Line> lines_;
  health::Time round_trips_known_;
  bool running_ = false;
  bool failing_ = false;
};

}  // namespace fairlead::daemon
