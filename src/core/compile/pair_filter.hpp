#pragma once
// Purpose: what a router of a pair lets in besides: the other router on the cable between them, and VRRP; and that it
// answers and forwards nothing while the other one is active.
#include "core/compile/context.hpp"

namespace fairlead::compile {

/// `input` and `forward` are the beginnings of these chains.
void add_pair_filter(const Context& context, nft::Table& table, nft::Chain& input, nft::Chain& forward);

}  // namespace fairlead::compile
