#pragma once
// Purpose: nft's listing of a table (the text of nft(8) with numeric output) → the values that compile wants, in
// the same canonical text. The text form is used, since the JSON form cannot say every statement we use.
// Errors: a line that is not understood.
#include <string_view>

#include "base/error.hpp"
#include "core/model/nft.hpp"

namespace fairlead::sys {

/// Elements of sets that packets fill are left out: they are not ours to compare.
[[nodiscard]] Result<nft::ObservedTable> parse_listing(std::string_view text);

}  // namespace fairlead::sys
