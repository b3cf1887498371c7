#pragma once
// Purpose: what can be measured, each under a name of its own: `fairlead_bench NAME`. Adding a suite is a row in
// suites().
#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plot.hpp"

namespace CLI {
class App;
}

namespace fairlead::bench {

struct Report {
  std::string text;
  nlohmann::json json;
  std::vector<Plot> plots;
};
using Work = std::function<Result<Report>()>;

struct Suite {
  const char* name;
  const char* help;
  bool main;                           ///< measured also when no suite is named
  Work (*options)(CLI::App& command);  ///< adds them, and returns what to do once they are parsed
};

[[nodiscard]] std::span<const Suite> suites();

}  // namespace fairlead::bench
