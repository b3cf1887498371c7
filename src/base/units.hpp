#pragma once
// Purpose: the units that people write in the file: durations ("500ms", "10m"), bit rates ("50mbit") and
// rates of events ("50/second"), parsed strictly and printed in the form in which they were meant.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

using Duration = std::chrono::milliseconds;

/// A whole number and one of ms, s, m, h, d ("500ms", "12h"); a bare number is refused. Not negative.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// The shortest exact form: "500ms", "90s", "10m", "12h".
[[nodiscard]] std::string to_text(Duration duration);

struct Bitrate {
  std::uint64_t bits_per_second = 0;

  /// A number (decimals allowed) and one of bit, kbit, mbit, gbit (powers of 1000, as tc writes them).
  static std::optional<Bitrate> parse(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  auto operator<=>(const Bitrate&) const = default;
};

/// Events per unit of time, as nft's limit expression takes them.
struct EventRate {
  enum class Per : std::uint8_t { second, minute, hour, day };
  std::uint32_t count = 0;
  Per per = Per::second;

  /// "50/second", "5/minute"; the count is at least 1.
  static std::optional<EventRate> parse(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  auto operator<=>(const EventRate&) const = default;
};

}  // namespace fairlead
