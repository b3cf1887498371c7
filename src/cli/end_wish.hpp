#pragma once
// Purpose: the end of a command that goes on until the user wants it to end. Source: signalfd(2).
#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::cli {

/// Readable when the user wants to end (SIGINT, SIGTERM): then what is under way is still printed whole. A reader that
/// goes away is told by an error of writing from then on, not by SIGPIPE.
[[nodiscard]] Result<Fd> wish_to_end();

}  // namespace fairlead::cli
