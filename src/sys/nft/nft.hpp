#pragma once
// Purpose: the one door to nftables: reads our table, runs transactions. Through libnftables 1.0.6; acts on the
// network namespace of the calling thread.
// Errors carry nft's own message, with the line of the script that it refused; before it, what the kernel lacks if
// that is the reason.
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "core/model/nft.hpp"

namespace fairlead::sys {

struct NftListing {
  nft::ObservedTable table;
  std::string text;  ///< as nft reads it; without the elements of sets that packets fill
};

/// All of the script or nothing.
Result<void> run_nft(const std::string& script);
/// None where there is no table of ours. Does not read the elements of sets that packets fill: there may be
/// many thousands, and libnftables takes a quarter of a second for them.
Result<std::optional<NftListing>> observe_nft();
/// nft's listing of one map of our table, with its elements. Errors: there is none.
Result<std::string> list_map(const std::string& name);
/// nft's listing of everybody's tables, without elements. Errors: another program's table is more than this
/// libnftables can read.
Result<std::string> list_ruleset();
/// Packets that each element of this map has matched. Errors: there is none.
Result<std::map<std::string, std::uint64_t>> packets_by_element(const std::string& map);
/// Brings our table back as it was observed. Sets that packets fill keep the elements that they have now.
Result<void> restore_nft(const std::optional<NftListing>& before);

}  // namespace fairlead::sys
