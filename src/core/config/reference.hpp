#pragma once
// Purpose: the reference of all keys, made from the tables that validate the file.
#include <string>

namespace fairlead::config {

/// The text of docs/configuration.md.
[[nodiscard]] std::string reference_markdown();

}  // namespace fairlead::config
