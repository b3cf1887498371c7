#pragma once
// Purpose: amounts as people read them at a glance, always about as wide.
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::render {

/// "0", "950 bit/s", "12.3 Mbit/s".
[[nodiscard]] std::string rate_text(double bits_per_second);
/// "0 B", "950 B", "12.3 MB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
/// "▁▂▇█": a mark for each value, against the largest; the newest `width` of them.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t width);

}  // namespace fairlead::render
