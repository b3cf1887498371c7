#pragma once
// Purpose: the one nft transaction that turns the table that is there into the wanted one and touches nothing
// else: rules of unchanged chains keep their counters, maps that packets fill keep their elements, and a change
// of weights or health is a change of a few elements.
#include <optional>
#include <string>

#include "core/model/nft.hpp"

namespace fairlead::plan {

/// "" where nothing is to be done. An empty `want` means that there should be no table.
[[nodiscard]] std::string nft_difference(const nft::Table& want, const std::optional<nft::ObservedTable>& have);

}  // namespace fairlead::plan
