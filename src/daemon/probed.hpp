#pragma once
// Purpose: what was compiled → what is probed.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"
#include "core/health/rounds.hpp"

namespace fairlead::daemon {

/// One uplink, as far as probing needs it.
struct Probed {
  health::Subject subject;
  std::string name;
  std::string device;
  IfIndex link;  ///< of that device; 0: there is none
  std::uint32_t mark = 0;
  std::array<std::optional<IpAddress>, 2> source;   ///< by family
  std::array<std::optional<IpAddress>, 2> gateway;  ///< by family
};

[[nodiscard]] std::vector<Probed> probed(const Config& config, const std::vector<compile::Uplink>& uplinks);

}  // namespace fairlead::daemon
