#pragma once
// Purpose: tells the programs at the doors what each uplink can carry, for choosing by load.
#include <functional>
#include <optional>

#include "core/balance/capacity.hpp"
#include "core/compile/uplinks.hpp"
#include "core/model/traffic.hpp"
#include "sys/bpf/datapath.hpp"

namespace fairlead::daemon {

class UplinkCapacities {
 public:
  /// `programs`: none where the kernel takes none, or the file wants none.
  void follow(const std::vector<compile::Uplink>& uplinks, bpf::Datapath* programs);

  using TrafficOf = std::function<std::optional<UplinkTraffic>(UplinkId)>;
  using LatencyOf = std::function<std::optional<double>(UplinkId)>;  ///< ms
  /// After each sample of the traffic.
  void note(const TrafficOf& traffic, const LatencyOf& latency, bpf::Datapath* programs);

 private:
  void tell(bpf::Datapath* programs) const;
  balance::CapacityBook book_;
};

}  // namespace fairlead::daemon
