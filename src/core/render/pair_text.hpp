#pragma once
// Purpose: a pair of routers as text for people.
#include <string>

#include "core/model/pair_status.hpp"

namespace fairlead::render {

[[nodiscard]] std::string pair_text(const PairStatus& status, WallTime now);

}  // namespace fairlead::render
