#pragma once
// Purpose: `fairlead lab demo`, a guided tour on a terminal: three unequal uplinks, one download over all of them,
// a cut cable and its return, a port forward, a scan from outside, and the figures measured on the way.
#include <string>

#include "base/error.hpp"

namespace fairlead::cli {

/// The path of this very program, to run it as the lab's router.
[[nodiscard]] std::string own_program();

/// Builds a lab of its own and removes it at the end, also after an error. `quick`: each act takes a second or two
/// instead of time to watch. Errors: the lab cannot be built, or an act did not show what it promises.
[[nodiscard]] Result<void> run_demo(bool quick);

}  // namespace fairlead::cli
