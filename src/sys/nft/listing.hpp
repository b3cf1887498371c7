#pragma once
// Purpose: nft's listing of a table (the text of nft(8) with numeric output) → the values that compile wants, in
// the same canonical text. The text form is used, since the JSON form cannot say every statement we use.
// Errors: a line that is not understood.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "core/model/nft.hpp"

namespace fairlead::sys {

/// Elements of sets that packets fill are left out: they are not ours to compare.
[[nodiscard]] Result<nft::ObservedTable> parse_listing(std::string_view text);

/// Of a listing of one set or map whose elements count: key → packets. The keys are as parse_listing() tells them.
[[nodiscard]] std::map<std::string, std::uint64_t> counted_packets(std::string_view listing);

/// The part of a ruleset's listing that is the table `name` ("inet fairlead"); "" where there is none.
[[nodiscard]] std::string table_in(std::string_view ruleset, std::string_view name);

struct ListedSet {
  std::string kind;  ///< "set" or "map"
  std::string name;
  bool dynamic = false;  ///< packets fill it
};

/// A table's listing without elements → one with those of the sets that `listing_of` lists in full; "" leaves a set
/// as it is, and so does the listing of a set that has another definition by now.
[[nodiscard]] Result<std::string> with_sets(std::string_view listing,
                                            const std::function<Result<std::string>(const ListedSet&)>& listing_of);

}  // namespace fairlead::sys
