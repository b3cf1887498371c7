#pragma once
// Purpose: a Snapshot as one screen for people.
#include <string>

#include "core/model/snapshot.hpp"

namespace fairlead::render {

/// `now` is when it is shown; "since" is told as an age.
[[nodiscard]] std::string status_text(const Snapshot& snapshot, WallTime now);

/// "5 s", "12 min", "3 h", "4 days".
[[nodiscard]] std::string age_text(std::chrono::milliseconds age);

}  // namespace fairlead::render
