#pragma once
// Purpose: what each router of a pair says of itself: to the other one over the cable between them, and to people
// (`fairlead pair`). The JSON form is that of both; fields are added, never changed.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/wall_time.hpp"
#include "core/model/pair.hpp"

namespace fairlead {

struct PairUplink {
  std::string name;
  std::string state;    ///< in the words of `status`
  std::string why;      ///< empty while all is well
  bool usable = false;  ///< it would carry connections if this router were active, as far as can be told
  bool operator==(const PairUplink&) const = default;
};

struct PairSide {
  std::string name;
  std::string version;
  Role role = Role::standby;
  WallTime since;
  int priority = 0;
  std::string why;           ///< why it does not want to be active; empty: it does, or is
  bool maintenance = false;  ///< an administrator has taken it out
  bool judged = false;       ///< its uplinks are judged by all probes: it has their addresses, or its own there
  std::vector<PairUplink> uplinks;

  [[nodiscard]] int usable() const;
  bool operator==(const PairSide&) const = default;
};

/// The connections that conntrackd keeps the same on both.
struct ConnectionSyncStatus {
  bool running = false;
  std::uint64_t told = 0;     ///< now: of this router's own, that the other knows
  std::uint64_t taken = 0;    ///< from the other router, since conntrackd has started
  std::uint64_t waiting = 0;  ///< now: messages that the other has not confirmed
  std::uint64_t lost = 0;     ///< messages dropped, and connections that the kernel refused
  std::string why;            ///< what is wrong; empty: nothing
  bool operator==(const ConnectionSyncStatus&) const = default;
};

struct PairStatus {
  PairSide ours;
  std::optional<PairSide> theirs;  ///< none: nothing is heard of it
  WallTime link_since;             ///< since when the other one is heard, or is not
  std::string link_why;            ///< why nothing is heard
  std::optional<ConnectionSyncStatus> connections;
  bool operator==(const PairStatus&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const PairSide& side);
[[nodiscard]] nlohmann::json to_json(const PairStatus& status);
/// What comes from the other router may be anything.
[[nodiscard]] Result<PairSide> side_from_json(const nlohmann::json& json);
[[nodiscard]] Result<PairStatus> pair_from_json(const nlohmann::json& json);

}  // namespace fairlead
