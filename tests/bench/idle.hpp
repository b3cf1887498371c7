#pragma once
// Purpose: what the router costs while nothing happens but its probes: processor time and memory of the real program
// in a lab. Source: proc(5), stat fields 14 and 15, status VmRSS.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::bench {

struct IdleFigures {
  int uplinks = 0;
  double percent_of_core = 0;
  double resident_megabytes = 0;
};

struct IdleOptions {
  std::vector<int> uplinks{5, 64};  ///< each measured
  int seconds = 60;
  std::string program;
};

/// Four targets, asked every 500 ms, over each of so many uplinks.
[[nodiscard]] Result<std::vector<IdleFigures>> measure_idle(const IdleOptions& options);

[[nodiscard]] std::string to_text(const std::vector<IdleFigures>& figures);
[[nodiscard]] nlohmann::json json_of(const std::vector<IdleFigures>& figures);

}  // namespace fairlead::bench
