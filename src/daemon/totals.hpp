#pragma once
// Purpose: what the journal tells, counted, and what this process costs: what metrics have beside the Snapshot.
// Source: proc(5), getrusage(2).
#include "core/model/client_lease.hpp"
#include "core/model/event.hpp"
#include "core/render/metrics.hpp"

namespace fairlead::daemon {

class TotalsKeeper {
 public:
  void note(const Event& event);
  /// With the figures of this moment. `leases`: all that the LANs' DHCP servers have lent.
  [[nodiscard]] render::Totals present(const std::vector<ClientLease>& leases, std::uint64_t pages) const;

 private:
  render::Totals counted_;
};

}  // namespace fairlead::daemon
