#pragma once
// Purpose: who asks for a change, and from where: for the history of the file, and for the warning that a change would
// cut the very session that it is made from.
#include <optional>
#include <string>

#include "core/compile/session_fate.hpp"

namespace fairlead::cli {

struct ChangeOrigin {
  std::string by;  ///< "alice (root) from 192.0.2.1"
  std::optional<compile::Session> session;
};

/// From the environment of this process or, where sudo has cleared it, of the processes above it.
[[nodiscard]] ChangeOrigin change_origin();

}  // namespace fairlead::cli
