#pragma once
// Purpose: whole files, read and written so that a crash in between leaves the old or the new content.
#include <optional>
#include <string>

#include "base/error.hpp"

namespace fairlead {

[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// None where there is no such file.
[[nodiscard]] Result<std::optional<std::string>> read_file_if_any(const std::string& path);
/// Writes beside the file, flushes, and renames; makes missing folders.
[[nodiscard]] Result<void> write_file(const std::string& path, const std::string& content);

}  // namespace fairlead
