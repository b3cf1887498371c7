#pragma once
// Purpose: what <algorithm> of C++23 has and this compiler's library has not yet.
#include <algorithm>
#include <ranges>

namespace fairlead {

template <std::ranges::input_range Range, typename Value>
[[nodiscard]] constexpr bool contains(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

/// Sorted and without doubles.
template <typename Container>
void make_set(Container& container) {
  std::ranges::sort(container);
  const auto doubles = std::ranges::unique(container);
  container.erase(doubles.begin(), doubles.end());
}

}  // namespace fairlead
