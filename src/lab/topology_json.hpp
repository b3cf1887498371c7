#pragma once
// Purpose: a Topology in lab.json, so that another process finds the lab that one has built.
#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"
#include "lab/topology.hpp"

namespace fairlead::lab {

[[nodiscard]] nlohmann::json to_json(const Topology& topology);
[[nodiscard]] Result<Topology> topology_from_json(const nlohmann::json& from);

}  // namespace fairlead::lab
