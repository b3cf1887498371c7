#pragma once
// Purpose: a question to whoever sits at the terminal. It goes to standard error: standard output may be a file.
#include <optional>
#include <string>

namespace fairlead::cli {

/// Whether somebody can answer: standard input is a terminal.
[[nodiscard]] bool can_ask();

/// The line that is typed; none where the input ends instead (Ctrl-D).
[[nodiscard]] std::optional<std::string> ask_line(const std::string& question);

}  // namespace fairlead::cli
