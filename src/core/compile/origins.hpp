#pragma once
// Purpose: which entry of the file an element of an nft map is from: to tell what decided on a connection, and to give
// the element's counter to it.
#include <cstddef>
#include <map>
#include <string>

namespace fairlead::compile {

/// nft map → key → index into the file's list. Of policies that want the same, and that name the same fields or not,
/// any that matches a connection may stand for it: their order is not kept (policy_layers.hpp).
using ElementOrigins = std::map<std::string, std::map<std::string, std::size_t>>;

struct Origins {
  ElementOrigins policies;
  ElementOrigins forwards;
};

}  // namespace fairlead::compile
