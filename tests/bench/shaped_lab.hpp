#pragma once
// Purpose: a lab whose uplinks have the rates of real ones, and Fairlead as its router, for what TCP makes of a way to
// balance. A LAN of one machine with many addresses, a server of the internet that pumps and sends by cubic, and a
// line so long that every round trip takes `round_trip`.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "flow_client.hpp"
#include "lab/lab.hpp"
#include "lab/traffic_server.hpp"

namespace fairlead::bench {

inline constexpr int lan_addresses = 48;
inline constexpr std::chrono::milliseconds round_trip{4};

struct ShapedLinks {
  std::vector<double> mbit;  ///< of each uplink, in both directions
  std::string method;        ///< of [balance]
};

class ShapedLab {
 public:
  /// None where Fairlead has no such method. `number` tells the labs of one process apart.
  static Result<std::optional<ShapedLab>> up(int number, const ShapedLinks& links, const std::string& program);

  [[nodiscard]] const lab::Host& client() const { return client_; }
  [[nodiscard]] const FlowEnds& ends() const { return ends_; }
  /// Bytes a second of all uplinks that are left for the contents of full TCP segments.
  [[nodiscard]] double capacity() const { return capacity_; }

 private:
  explicit ShapedLab(lab::Lab lab) : lab_(std::move(lab)) {}
  [[nodiscard]] Result<void> furnish(const std::vector<std::string>& uplinks);

  lab::Lab lab_;
  std::unique_ptr<lab::TrafficServer> server_;
  lab::Host client_;
  FlowEnds ends_;
  double capacity_ = 0;
};

}  // namespace fairlead::bench
