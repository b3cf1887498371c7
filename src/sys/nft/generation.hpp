#pragma once
// Purpose: the number of nftables' ruleset generation: unequal numbers mean that a transaction was committed between
// two looks, by anybody. Source: linux/netfilter/nf_tables.h, NFT_MSG_GETGEN.
#include <cstdint>

#include "base/error.hpp"

namespace fairlead::sys {

[[nodiscard]] Result<std::uint32_t> nft_generation();

}  // namespace fairlead::sys
