#include "base/wall_time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <ctime>

namespace fairlead {

WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_text(WallTime time) {
  // Not by way of the system's clock, whose nanoseconds end in 2262.
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time_t{seconds.count()}));
}

std::string to_precise_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto text = to_text(WallTime(seconds));
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, (time - seconds).count());
}

std::optional<WallTime> parse_time(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  int milliseconds = 0;
  const char* last = text.data() + text.size();
  if (*end == '.') {
    const auto [rest, problem] = std::from_chars(end + 1, last, milliseconds);
    if (problem != std::errc{} || rest != end + 4 || milliseconds < 0) return std::nullopt;
    end = rest;
  }
  if (std::string_view(end, last) != "Z") return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&parts))) + std::chrono::milliseconds(milliseconds);
}

}  // namespace fairlead
