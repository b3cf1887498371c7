#pragma once
// Purpose: what the page costs the router: open pages and requests for metrics at the same time, while packets pass.
// The router's processor time is compared with that without anybody looking.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.hpp"

namespace fairlead::bench {

struct PageLoad {
  int pages = 50;
  int requests = 10'000;  ///< for /metrics, evenly over that time
  int seconds = 60;
  std::string program;
};

struct PageFigures {
  PageLoad load;
  double idle_percent = 0;  ///< of a core, before anybody looks
  double percent = 0;       ///< under this load
  double median_ms = 0;     ///< of an answer
  double slowest_ms = 0;
  std::uint64_t statuses = 0;  ///< that all pages got
  int sent = 0;                ///< packets through the router and back
  int lost = 0;
};

/// Errors also where a request has no good answer.
[[nodiscard]] Result<PageFigures> measure_page(const PageLoad& load);

[[nodiscard]] std::string to_text(const PageFigures& figures);
[[nodiscard]] nlohmann::json json_of(const PageFigures& figures);

}  // namespace fairlead::bench
