#pragma once
// Purpose: nft values → text that nft(8) 1.0.6 reads; whole tables in the nested form that people read, single
// objects as commands for a transaction that changes a table in place.
#include <string>

#include "core/model/nft.hpp"

namespace fairlead::render {

/// "table inet fairlead { … }", loadable with `nft -f` into a kernel that has no such table.
[[nodiscard]] std::string nft_table(const nft::Table& table);

/// "add ct helper inet fairlead NAME { … }".
[[nodiscard]] std::string nft_add_flowtable(const std::string& name, const nft::Flowtable& flowtable);
[[nodiscard]] std::string nft_add_helper(const std::string& name, const nft::CtHelper& helper);
/// "add map inet fairlead NAME { … }", without elements.
[[nodiscard]] std::string nft_add_set(const std::string& name, const nft::Set& set);
[[nodiscard]] std::string nft_add_chain(const std::string& name, const nft::Chain& chain);
[[nodiscard]] std::string nft_add_rule(const std::string& chain, const nft::Rule& rule);
/// "add element …" or "delete element …"; "" where there are none. Data are left out when deleting.
[[nodiscard]] std::string nft_elements(const char* verb, const std::string& name,
                                       const std::map<std::string, std::string>& elements, bool with_data);

}  // namespace fairlead::render
