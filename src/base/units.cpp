#include "base/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <ranges>

namespace fairlead {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array duration_units{DurationUnit{"ms", 1}, DurationUnit{"s", 1000}, DurationUnit{"m", 60'000},
                                    DurationUnit{"h", 3'600'000}, DurationUnit{"d", 86'400'000}};

struct BitrateUnit {
  std::string_view name;
  std::uint64_t bits;
};
constexpr std::array bitrate_units{BitrateUnit{"bit", 1}, BitrateUnit{"kbit", 1'000}, BitrateUnit{"mbit", 1'000'000},
                                   BitrateUnit{"gbit", 1'000'000'000}};

constexpr std::array<std::string_view, 4> rate_units{"second", "minute", "hour", "day"};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& candidate : duration_units) {
    if (candidate.name != unit) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / candidate.milliseconds) return std::nullopt;
    return Duration(number * candidate.milliseconds);
  }
  return std::nullopt;
}

std::string to_text(Duration duration) {
  const auto count = duration.count();
  for (const auto& unit : std::views::reverse(duration_units))
    if (count != 0 && count % unit.milliseconds == 0 && (unit.name != "d" || count > unit.milliseconds))
      return std::to_string(count / unit.milliseconds).append(unit.name);
  return std::to_string(count) + "ms";
}

std::optional<Bitrate> Bitrate::parse(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (problem != std::errc{} || !(number > 0)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& candidate : bitrate_units) {
    if (candidate.name != unit) continue;
    const double bits = number * static_cast<double>(candidate.bits);
    if (bits < 1 || bits > 1e15) return std::nullopt;
    return Bitrate{static_cast<std::uint64_t>(std::llround(bits))};
  }
  return std::nullopt;
}

std::string Bitrate::to_text() const {
  for (const auto& unit : std::views::reverse(bitrate_units))
    if (bits_per_second != 0 && bits_per_second % unit.bits == 0)
      return std::to_string(bits_per_second / unit.bits).append(unit.name);
  return "0bit";
}

std::optional<EventRate> EventRate::parse(std::string_view text) {
  EventRate rate;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), rate.count);
  if (problem != std::errc{} || rate.count == 0) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (std::size_t index = 0; index < rate_units.size(); ++index)
    if (rest.starts_with('/') && rest.substr(1) == rate_units.at(index)) {
      rate.per = static_cast<Per>(index);
      return rate;
    }
  return std::nullopt;
}

std::string EventRate::to_text() const {
  return std::to_string(count) + "/" + std::string(rate_units.at(static_cast<std::size_t>(per)));
}

}  // namespace fairlead
