#pragma once
// Purpose: what the present state of the uplinks means for connections, in words: the `effect` of events and
// conditions. Pure.
#include <optional>
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"
#include "core/model/condition.hpp"

namespace fairlead::compile {

/// The lowest tier with a usable uplink, which carries the new connections; none: there is no way out.
[[nodiscard]] std::optional<int> tier_in_use(const std::vector<Uplink>& uplinks, Family family);
/// A family that no uplink has does not fail.
[[nodiscard]] bool is_expected(const std::vector<Uplink>& uplinks, Family family);

/// "new connections go over cable2 and lte"; "LAN to outside is refused at once".
[[nodiscard]] std::string way_out(const std::vector<Uplink>& uplinks, Family family);

/// What the state of this one means: "it takes new connections", "new connections go over cable2", …
[[nodiscard]] std::string effect_of(const Uplink& uplink, const std::vector<Uplink>& all);

/// Of uplinks and families; `since` is left to the caller, who knows the past.
[[nodiscard]] std::vector<Condition> uplink_conditions(const std::vector<Uplink>& uplinks);

}  // namespace fairlead::compile
