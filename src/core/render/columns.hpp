#pragma once
// Purpose: what all tables for people have in common.
#include <chrono>
#include <string>
#include <vector>

namespace fairlead::render {

using Row = std::vector<std::string>;

/// Columns as wide as their widest cell, two spaces apart.
[[nodiscard]] std::string columns_text(const std::vector<Row>& rows);

/// "5 s", "12 min", "3 h", "4 days".
[[nodiscard]] std::string age_text(std::chrono::milliseconds age);

}  // namespace fairlead::render
