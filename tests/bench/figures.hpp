#pragma once
// Purpose: measurements → medians, ratios and verdicts, as text or JSON. Ratios are taken round by round, between
// measurements that lie close together in time, and then their median: what slows the machine for a while slows both.
#include <map>
#include <string>
#include <vector>

#include "sender.hpp"

namespace fairlead::bench {

/// Nanoseconds a packet, by load and variant, one a round; always with the floor.
using Samples = std::map<Load, std::map<std::string, std::vector<double>>>;

/// `order`: the variants as they are to be listed.
[[nodiscard]] std::string to_text(const Samples& samples, const std::vector<std::string>& order);
[[nodiscard]] std::string to_json(const Samples& samples, const std::vector<std::string>& order);

}  // namespace fairlead::bench
