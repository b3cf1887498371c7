#pragma once
// Purpose: how long downloads take over uplinks of unequal rates, for every way to balance, against the same downloads
// over one link of the summed rate, which is the bound: no way to place whole flows can be better. Real TCP, the real
// program. Slowdown: a flow's time from when it was to begin until its last byte, divided by the time that a download
// of its size takes alone over the fastest link, measured in the same way.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "figure.hpp"
#include "flow_plan.hpp"

namespace fairlead::bench {

struct CompletionOptions {
  std::vector<double> loads{0.2, 0.5, 0.8};  ///< of the summed capacity
  int rounds = 1;                            ///< each with other flows, the same for all methods
  Seconds time{20};                          ///< in which flows arrive; those of its first tenth do not count
  double divide = 4;                         ///< the links' rates, by this: two cores carry no more for sure
  Seconds downloading{5};                    ///< of the eight parallel downloads
  std::vector<std::string> only;
  std::string program;
};

/// Of one method under one load, in one round.
struct CompletionRound {
  std::vector<double> slowdowns;  ///< one a flow
  std::vector<double> seconds;
  int unfinished = 0;  ///< they count with the time that they had had
};

struct CompletionFigures {
  std::string method;  ///< of the file, or `bound`
  double load = 0;
  std::vector<CompletionRound> rounds;
};

/// Eight downloads at once without end.
struct DownloadFigures {
  std::string method;
  std::vector<double> parts;  ///< of the summed capacity, one a round
};

struct Completions {
  std::vector<double> mbit;
  std::vector<CompletionFigures> flows;
  std::vector<DownloadFigures> downloads;
};

inline constexpr const char* bound = "one link of the summed rate";

[[nodiscard]] Result<Completions> measure_completion(const CompletionOptions& options);

/// Over the rounds.
[[nodiscard]] Figure mean_slowdown(const CompletionFigures& figures);

[[nodiscard]] std::string to_text(const Completions& figures);
[[nodiscard]] nlohmann::json json_of(const Completions& figures);

}  // namespace fairlead::bench
