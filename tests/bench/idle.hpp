#pragma once
// Purpose: what the router costs while nothing happens but its probes: processor time and memory of the real program
// in a lab. Source: proc(5), stat fields 14 and 15, status VmRSS.
#include <chrono>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::bench {

struct IdleFigures {
  int uplinks = 0;
  double percent_of_core = 0;
  double resident_megabytes = 0;
};

/// Four targets, asked every 500 ms, over each of so many uplinks.
[[nodiscard]] Result<IdleFigures> measure_idle(int uplinks, std::chrono::seconds time, const std::string& program);

[[nodiscard]] std::string to_text(const std::vector<IdleFigures>& figures);
[[nodiscard]] std::string to_json(const std::vector<IdleFigures>& figures);

}  // namespace fairlead::bench
