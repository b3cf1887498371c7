#pragma once
// Purpose: how long the program takes for what people wait for (start, plan, apply, reload) and how much memory it has,
// by the size of its file; and whether a reload without a change leaves the kernel alone.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "size_config.hpp"

namespace fairlead::bench {

struct TimesOptions {
  int rounds = 5;
  std::vector<std::string> only;
  std::string program;
};

struct TimesOf {
  std::string name;
  Size size;
  // Milliseconds, one a round.
  std::vector<double> start;      ///< from exec to an answer, the kernel as empty as at boot
  std::vector<double> plan;       ///< `plan` with nothing to do
  std::vector<double> apply;      ///< `apply` from a file of three uplinks alone
  std::vector<double> back;       ///< and back to that
  std::vector<double> reload;     ///< without a change
  int writes = 0;                 ///< reloads without a change that changed something in the kernel
  std::string failure;            ///< then what was measured before it counts, and nothing more is
  std::vector<double> megabytes;  ///< resident
};

[[nodiscard]] Result<std::vector<TimesOf>> measure_times(const TimesOptions& options);

[[nodiscard]] std::string to_text(const std::vector<TimesOf>& times);
[[nodiscard]] nlohmann::json json_of(const std::vector<TimesOf>& times);

}  // namespace fairlead::bench
