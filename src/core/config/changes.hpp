#pragma once
// Purpose: what two texts of the file say differently, key by key, in words: for the history of the file and for who is
// about to change it. Pure. Layout, comments and the order of sections say nothing; the order of policies does.
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::config {

/// "wan.lte.weight: 1 → 3", "wan.lte is new", "policy bank is gone". Empty: both mean the same. A text that is no TOML
/// is an empty one.
[[nodiscard]] std::vector<std::string> changes(std::string_view before, std::string_view after);

}  // namespace fairlead::config
