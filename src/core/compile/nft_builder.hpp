#pragma once
// Purpose: short ways to write an nft table, so that the files of compile read like the table they make.
#include <string>

#include "core/model/nft.hpp"

namespace fairlead::compile {

/// The set or map `name`, made with `definition` where it is new.
inline nft::Set& add_set(nft::Table& table, const std::string& name, const std::string& definition,
                         const std::string& why) {
  auto& set = table.sets[name];
  set.definition = definition;
  set.why = why;
  return set;
}

inline nft::Set& add_map(nft::Table& table, const std::string& name, const std::string& definition,
                         const std::string& why) {
  auto& map = add_set(table, name, definition, why);
  map.is_map = true;
  return map;
}

/// A set that packets fill.
inline nft::Set& add_dynamic_set(nft::Table& table, const std::string& name, const std::string& definition,
                                 const std::string& why) {
  auto& set = add_set(table, name, definition, why);
  set.dynamic = true;
  return set;
}

inline nft::Chain& add_base_chain(nft::Table& table, const std::string& name, const std::string& hook) {
  auto& chain = table.chains[name];
  chain.hook = hook;
  return chain;
}

inline void add_rule(nft::Chain& chain, const std::string& text, const std::string& why = "") {
  chain.rules.push_back({text, why});
}

}  // namespace fairlead::compile
