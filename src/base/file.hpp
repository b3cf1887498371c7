#pragma once
// Purpose: whole files, read and written so that a crash in between leaves the old or the new content.
#include <optional>
#include <string>

#include "base/error.hpp"

namespace fairlead {

[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// None where there is no such file.
[[nodiscard]] Result<std::optional<std::string>> read_file_if_any(const std::string& path);
/// Writes beside the file and renames; makes missing folders. Whole after a crash of ours; after one of the machine
/// nobody needs it.
[[nodiscard]] Result<void> write_file(const std::string& path, const std::string& content);
/// The same, on disk before it returns, which may take seconds where the disk is slow or busy.
[[nodiscard]] Result<void> write_durably(const std::string& path, const std::string& content);

/// The same as write_durably(), and nobody but the owner may read it.
[[nodiscard]] Result<void> write_secret(const std::string& path, const std::string& content);

}  // namespace fairlead
