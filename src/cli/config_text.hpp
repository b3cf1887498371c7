#pragma once
// Purpose: a configuration from a text that is no file of its own: a version of the history, or standard input.
#include <optional>
#include <string>

#include "core/model/config.hpp"

namespace fairlead::cli {

/// Prints its diagnostics to stderr, with `name` for the file; none where there was an error.
[[nodiscard]] std::optional<Config> checked(const std::string& text, const std::string& name);

}  // namespace fairlead::cli
