#pragma once
// Purpose: refuses texts that would exhaust the stack or the memory of the TOML library: its nesting limit
// counts brackets, but not the dots of a key, each of which nests one table deeper.
#include <optional>
#include <string_view>

#include "core/config/parse.hpp"

namespace fairlead::config {

inline constexpr std::size_t longest_file = std::size_t{16} << 20U;  ///< bytes
inline constexpr int deepest_key = 32;                               ///< dots in one key

/// The error to answer with, or nothing where the text is safe to read.
[[nodiscard]] std::optional<Diagnostic> guard(std::string_view text);

}  // namespace fairlead::config
