#pragma once
// Purpose: TCP goodput through each router, and how long a packet's round trip takes while it is loaded to a part of
// what it can carry, in interleaved rounds.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::bench {

struct StreamOptions {
  int rounds = 7;
  std::vector<int> connections{1, 8};
  int milliseconds = 1000;  ///< that a download, or a load, is looked at
  double load = 0.3;        ///< of the packets a second that this router carries
  std::vector<std::string> only;
};

struct StreamsOf {
  std::string name;
  std::vector<std::vector<double>> gbit;   ///< one list for each number of connections, with one a round
  std::vector<double> microseconds;        ///< round trips under the load, of all rounds
  std::vector<double> packets_per_second;  ///< of the load, one a round
};

struct StreamFigures {
  std::vector<int> connections;
  double load = 0;
  std::vector<StreamsOf> routers;
};

[[nodiscard]] Result<StreamFigures> measure_streams(const StreamOptions& options);

[[nodiscard]] std::string to_text(const StreamFigures& figures);
[[nodiscard]] nlohmann::json json_of(const StreamFigures& figures);

}  // namespace fairlead::bench
