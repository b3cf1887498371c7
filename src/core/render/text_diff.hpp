#pragma once
// Purpose: the lines in which two texts differ, in the unified form that diff(1) and patch(1) speak. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::render {

struct DiffLine {
  char kind = ' ';  ///< ' ' both, '-' only the first, '+' only the second
  std::string text;
  bool operator==(const DiffLine&) const = default;
};

/// All lines of both texts. As few differences as there can be, but for texts with thousands of changed lines, where
/// everything between the first and the last change differs.
[[nodiscard]] std::vector<DiffLine> line_differences(std::string_view before, std::string_view after);

/// "--- BEFORE\n+++ AFTER\n@@ -1,4 +1,5 @@ …" with three lines around each change; empty where the texts are the same.
[[nodiscard]] std::string unified_diff(const std::vector<DiffLine>& lines, std::string_view before,
                                       std::string_view after);

}  // namespace fairlead::render
