#pragma once
// Purpose: names on disk that a power loss must not bring back or take away. See file.hpp for what is written.
#include <string>

#include "base/error.hpp"

namespace fairlead {

/// Names in the folder of `path` are on disk before it returns: what was renamed, made or removed there.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path);
/// Removes the file, which need not be there; it does not come back.
[[nodiscard]] Result<void> remove_durably(const std::string& path);

}  // namespace fairlead
