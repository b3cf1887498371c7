#include "core/render/quantity_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fairlead::render {
namespace {

std::string scaled(double value, const char* unit) {
  static constexpr std::array prefixes{"", "k", "M", "G", "T", "P"};
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < prefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int digits = prefix > 0 && value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}{}", value, digits, prefixes.at(prefix), unit);
}

}  // namespace

std::string rate_text(double bits_per_second) { return bits_per_second < 0.5 ? "0" : scaled(bits_per_second, "bit/s"); }

std::string bytes_text(std::uint64_t bytes) { return scaled(static_cast<double>(bytes), "B"); }

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  static constexpr std::array marks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto shown = std::min(values.size(), width);
  const auto first = values.end() - static_cast<std::ptrdiff_t>(shown);
  const double most = std::max(shown == 0 ? 0 : *std::max_element(first, values.end()), 1.0);
  std::string line;
  for (auto value = first; value != values.end(); ++value)
    line += marks.at(std::min(static_cast<std::size_t>(*value / most * marks.size()), marks.size() - 1));
  return line;
}

}  // namespace fairlead::render
