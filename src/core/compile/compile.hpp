#pragma once
// Purpose: the pure heart: (Config, Facts, Health, ids) → the wanted State. No kernel, no clock, no files; the
// same input gives the same State on every machine.
#include <memory>
#include <string>
#include <vector>

#include "core/compile/origins.hpp"
#include "core/compile/uplinks.hpp"
#include "core/model/advertisement.hpp"
#include "core/model/dhcp_server.hpp"
#include "core/model/state.hpp"

namespace fairlead::compile {

struct Compiled {
  State state;
  std::unique_ptr<Facts> foreseen;  ///< with devices that the State makes; none where all are there
  Origins origins;                  ///< of elements of the nft table
  std::vector<Uplink> uplinks;      ///< points into the Config and Facts it was made from, and into `foreseen`
  DhcpServers dhcp;                 ///< of the LANs
  std::vector<LanAdvertisement> advertisements;
  std::vector<std::string> warnings;  ///< for people: what of the file cannot take effect at this moment, and why
};

/// `ids` has an id for every uplink of `config`.
[[nodiscard]] Compiled compile(const Config& config, const Facts& facts, const Health& health, const UplinkIds& ids);

/// The file chooses uplinks by load, in [balance] or a policy.
[[nodiscard]] bool chooses_by_load(const Config& config);

}  // namespace fairlead::compile
