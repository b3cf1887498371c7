#pragma once
// Purpose: a Snapshot as one screen for people.
#include <string>

#include "core/model/snapshot.hpp"

namespace fairlead::render {

/// `now` is when it is shown; "since" is told as an age.
[[nodiscard]] std::string status_text(const Snapshot& snapshot, WallTime now);

/// The words of states in colours that a terminal shows; they are told by the words as well.
[[nodiscard]] std::string coloured_states(std::string screen);

}  // namespace fairlead::render
