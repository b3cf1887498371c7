#pragma once
// Purpose: the verdict on each uplink that does not follow from Facts alone. Facts (link, address, gateway) are
// judged when compiling; probes and the administrator's wish add their verdicts here.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace fairlead {

/// `draining`: takes no new connections, keeps those that it has. `held`: it works, but has flapped: the last resort,
/// used where no uplink of any tier is up or degraded.
enum class Verdict : std::uint8_t { up, degraded, draining, held, down };

struct UplinkHealth {
  Verdict verdict = Verdict::up;
  std::string why;                 ///< for people; empty while all is well
  std::array<bool, 2> unproven{};  ///< by family: its address is new, and has had no answer yet
  bool operator==(const UplinkHealth&) const = default;
};

/// Uplinks that are not listed are up.
struct Health {
  std::map<UplinkId, UplinkHealth> uplinks;
  std::vector<UplinkId> by_latency;  ///< the quickest first; empty where no policy asks for it

  [[nodiscard]] UplinkHealth of(UplinkId id) const {
    const auto found = uplinks.find(id);
    return found == uplinks.end() ? UplinkHealth{} : found->second;
  }
  bool operator==(const Health&) const = default;
};

}  // namespace fairlead
