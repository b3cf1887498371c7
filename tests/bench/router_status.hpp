#pragma once
// Purpose: what a router of a lab says of itself.
#include <optional>
#include <string>

#include "core/model/snapshot.hpp"
#include "lab/lab.hpp"

namespace fairlead::bench {

/// None while it does not answer. `router` as for lab::router_folders().
[[nodiscard]] std::optional<Snapshot> status_of(const lab::Lab& lab, const std::string& router = {});

}  // namespace fairlead::bench
