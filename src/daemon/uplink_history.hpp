#pragma once
// Purpose: compares the uplinks of two moments: since when each is as it is, what has changed, and whose connections
// have no way any more.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"
#include "core/model/event.hpp"

namespace fairlead::daemon {

class UplinkHistory {
 public:
  /// Connections that cannot go on: no way out, or another source address.
  struct Lost {
    UplinkId id;
    std::optional<Family> family;  ///< none: all of the uplink
  };
  struct News {
    std::vector<Event> events;  ///< of uplinks, then of tiers
    std::vector<Lost> lost;
  };

  /// `uplinks` as they are after a change has taken effect. The first time, those that cannot be used are lost: an
  /// earlier run may have left connections on them.
  News update(const std::vector<compile::Uplink>& uplinks, WallTime now);
  [[nodiscard]] WallTime since(UplinkId id) const { return known_.at(id).since; }

 private:
  struct Known {
    std::string name;
    Verdict verdict = Verdict::down;
    std::string why;
    std::array<std::optional<IpAddress>, 2> sources;  // of the families that are usable
    WallTime since;
  };

  void compare_tiers(const std::vector<compile::Uplink>& uplinks, WallTime now, std::vector<Event>& events);

  std::map<UplinkId, Known> known_;
  std::array<std::string, 2> tiers_;  // in use, by family; "" before the first update or where none is expected
};

[[nodiscard]] std::string to_text(Verdict verdict);

}  // namespace fairlead::daemon
