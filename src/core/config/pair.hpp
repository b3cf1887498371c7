#pragma once
// Purpose: whether two files make a pair of routers: the same but for the router's name and what [ha] says of each
// side.
#include <string>
#include <vector>

#include "core/model/config.hpp"

namespace fairlead::config {

/// What of the two would hurt a connection that moves from one router to the other, or keep them from being a pair;
/// each for people, with the remedy. Empty: they fit.
[[nodiscard]] std::vector<std::string> pair_problems(const Config& ours, const Config& theirs);

}  // namespace fairlead::config
