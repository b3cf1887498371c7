#pragma once
// Purpose: the pictures of the suites' figures.
#include <vector>

#include "completion.hpp"
#include "packets.hpp"
#include "plot.hpp"
#include "streams.hpp"
#include "sweeps.hpp"

namespace fairlead::bench {

[[nodiscard]] std::vector<Plot> plots_of(const PacketFigures& figures);
[[nodiscard]] std::vector<Plot> plots_of(const std::vector<Sweep>& sweeps);
[[nodiscard]] std::vector<Plot> plots_of(const StreamFigures& figures);
[[nodiscard]] std::vector<Plot> plots_of(const Completions& figures);

}  // namespace fairlead::bench
