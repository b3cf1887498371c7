#pragma once
// Purpose: the time of day, for what people read and what outlives a restart. For waiting and measuring there is
// std::chrono::steady_clock.
#include <chrono>
#include <optional>
#include <string>

namespace fairlead {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] WallTime wall_now();

/// "2026-01-31T12:00:00Z" (UTC; RFC 3339).
[[nodiscard]] std::string to_text(WallTime time);
/// "2026-01-31T12:00:00.250Z": for what follows one another within a second.
[[nodiscard]] std::string to_precise_text(WallTime time);
/// Either form.
[[nodiscard]] std::optional<WallTime> parse_time(const std::string& text);

}  // namespace fairlead
