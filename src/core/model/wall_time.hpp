#pragma once
// Purpose: moments as people and programs read them. Source: RFC 3339.
#include <chrono>
#include <optional>
#include <string>

namespace fairlead {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// "2026-01-31T12:00:00Z" (UTC).
[[nodiscard]] std::string to_text(WallTime time);
/// "2026-01-31T12:00:00.250Z": for what follows one another within a second.
[[nodiscard]] std::string to_precise_text(WallTime time);
/// Either form.
[[nodiscard]] std::optional<WallTime> parse_time(const std::string& text);

}  // namespace fairlead
