#include "core/render/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::render {

std::string columns_text(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t column = 0; column < row.size(); ++column)
      line += fmt::format(" {:<{}} ", row[column], widths[column]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string age_text(std::chrono::milliseconds age) {
  using namespace std::chrono;
  if (age < minutes(2)) return fmt::format("{} s", std::max<long long>(0, duration_cast<seconds>(age).count()));
  if (age < hours(2)) return fmt::format("{} min", duration_cast<minutes>(age).count());
  if (age < days(2)) return fmt::format("{} h", duration_cast<hours>(age).count());
  return fmt::format("{} days", duration_cast<days>(age).count());
}

}  // namespace fairlead::render
