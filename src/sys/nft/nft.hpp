#pragma once
// Purpose: the one door to nftables: reads our table, runs transactions. Through libnftables 1.0.6; acts on the
// network namespace of the calling thread.
// Errors carry nft's own message, with the line of the script that it refused.
#include <optional>
#include <string>

#include "base/error.hpp"
#include "core/model/nft.hpp"

namespace fairlead::sys {

/// All of the script or nothing.
Result<void> run_nft(const std::string& script);
/// None where there is no table of ours.
Result<std::optional<nft::ObservedTable>> observe_nft();
/// A script that brings our table back as it is now, with all elements.
Result<std::string> snapshot_nft();

}  // namespace fairlead::sys
