#pragma once
// Purpose: live bars of what each uplink carries, redrawn in place on a terminal, one plain line a second elsewhere.
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/units.hpp"
#include "lab/host.hpp"

namespace fairlead::cli {

struct BarLine {
  std::string name;
  std::string device;  ///< of the router
  Bitrate capacity;
};

class RateBars {
 public:
  RateBars(lab::Host router, std::vector<BarLine> lines);

  /// Shows bars for `time`; returns the mean rate of each device meanwhile, in bit/s.
  Result<std::map<std::string, double>> show(std::chrono::milliseconds time);

 private:
  Result<std::map<std::string, std::uint64_t>> received() const;
  void draw(const std::map<std::string, double>& rates, bool first) const;

  lab::Host router_;
  std::vector<BarLine> lines_;
  bool terminal_;
};

}  // namespace fairlead::cli
