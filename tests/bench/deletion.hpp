#pragma once
// Purpose: how long it takes to delete an uplink's connections by their mark, and how long packets of other connections
// stand still meanwhile.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::bench {

struct DeletionOptions {
  int rounds = 7;
  int connections = 100'000;  ///< of the uplink that goes; as many stay on another
};

struct DeletionFigures {
  int connections = 0;
  // Milliseconds, one a round.
  std::vector<double> took;
  std::vector<double> stall;  ///< the longest that one packet took through the router meanwhile
  std::vector<double> quiet;  ///< the same for as long, with nothing going on
};

[[nodiscard]] Result<DeletionFigures> measure_deletion(const DeletionOptions& options);

[[nodiscard]] std::string to_text(const DeletionFigures& figures);
[[nodiscard]] nlohmann::json json_of(const DeletionFigures& figures);

}  // namespace fairlead::bench
