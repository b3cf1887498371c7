#pragma once
// Purpose: the half of a connection tracking helper that translates addresses inside the protocol. The kernel loads the
// half that reads it when a `ct helper` object is made, and this one never by itself: without it an FTP client behind
// NAT would name its private address. Source: net/netfilter/nf_nat_helper.c, nft_ct.c; modprobe(8).
#include <string_view>

#include "base/error.hpp"

namespace fairlead::sys {

/// Loads what the helpers in `script` need, where it is a module that is not loaded yet. Errors: there is none.
[[nodiscard]] Result<void> load_nat_helpers(std::string_view script);

}  // namespace fairlead::sys
