#include "figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fairlead::bench {

Figure figure_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  const auto median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

std::string to_text(const Figure& figure, int digits) {
  return fmt::format("{0:.{3}f} ({1:.{3}f}-{2:.{3}f})", figure.median, figure.low, figure.high, digits);
}

nlohmann::json json_of(const Figure& figure) {
  return {{"median", figure.median}, {"low", figure.low}, {"high", figure.high}};
}

std::string with_thousands(int number) {
  auto text = std::to_string(number);
  for (auto at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace fairlead::bench
