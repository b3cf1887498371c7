#pragma once
// Purpose: what was compiled → what this router of a pair says of its uplinks.
#include <string>
#include <vector>

#include "core/compile/uplinks.hpp"
#include "core/model/pair_status.hpp"

namespace fairlead::daemon {

struct PairNews {
  std::vector<PairUplink> uplinks;
  bool judged = false;         ///< by all probes: this router has an address on each
  bool has_addresses = false;  ///< the pair's are here
  std::string lan_problem;     ///< why this router cannot serve the first LAN, where VRRP runs; empty: it can
};

[[nodiscard]] PairNews news_for_pair(const Config& config, const Facts& facts,
                                     const std::vector<compile::Uplink>& uplinks);

}  // namespace fairlead::daemon
