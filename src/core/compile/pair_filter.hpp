#pragma once
// Purpose: what a router of a pair lets in besides: the other router on the cable between them, and VRRP; and that it
// answers and forwards nothing while the other one is active.
#include <string>

#include "core/compile/context.hpp"

namespace fairlead::compile {

/// `input` and `forward` are the beginnings of these chains.
void add_pair_filter(const Context& context, nft::Table& table, nft::Chain& input, nft::Chain& forward);

/// As if this router were not on standby: packets may come any moment.
void open_pair_gate(nft::Table& table);
/// The same as nft's words. Packets wait for it, and the whole plan of a takeover takes longer than this.
[[nodiscard]] std::string pair_gate_opening();

}  // namespace fairlead::compile
