#pragma once
// Purpose: what a change of the file means for connections, in words, before it is done. Pure.
#include <string>
#include <vector>

#include "core/compile/session_fate.hpp"

namespace fairlead::compile {

/// A sentence each; empty: no connection notices.
[[nodiscard]] std::vector<std::string> change_effects(const Side& before, const Side& after);

}  // namespace fairlead::compile
