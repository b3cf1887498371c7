#pragma once
// Purpose: takes away everything of ours, whatever the configuration was.
#include "base/error.hpp"
#include "daemon/paths.hpp"

namespace fairlead::daemon {

[[nodiscard]] Result<void> remove_everything(const Paths& paths);

}  // namespace fairlead::daemon
