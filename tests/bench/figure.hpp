#pragma once
// Purpose: one figure that was measured several times: the median, and the smallest and largest beside it.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace fairlead::bench {

struct Figure {
  double median = 0;
  double low = 0;
  double high = 0;
};

/// `values` must not be empty; of an even number the mean of the two in the middle.
[[nodiscard]] Figure figure_of(std::vector<double> values);

/// "12.3 (11.9-13.0)"
[[nodiscard]] std::string to_text(const Figure& figure, int digits);
[[nodiscard]] nlohmann::json json_of(const Figure& figure);
/// "1,000,000"
[[nodiscard]] std::string with_thousands(int number);

}  // namespace fairlead::bench
