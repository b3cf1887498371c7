#pragma once
// Purpose: a screen that is drawn again and again in its place, until Ctrl-C. Where the output is no terminal each
// screen follows the one before, so that a file or a pipe holds plain text. Source of the sequences: ECMA-48 (CUP, ED,
// EL).
#include <chrono>
#include <functional>
#include <string>

#include "base/error.hpp"

namespace fairlead::cli {

/// Returns the exit status. A screen that cannot be made is told in its place, and tried again.
int redraw(std::chrono::milliseconds pace, const std::function<Result<std::string>()>& screen);

/// Colours are wanted: the output is a terminal, and NO_COLOR is not set (no-color.org).
[[nodiscard]] bool wants_colour();

}  // namespace fairlead::cli
