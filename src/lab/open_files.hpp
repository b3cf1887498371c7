#pragma once
// Purpose: room for as many open files as many connections need. Source: getrlimit(2).
#include <cstddef>

namespace fairlead::lab {

/// For both ends of so many connections in this process, as far as its hard limit allows.
void allow_connections(std::size_t connections);

}  // namespace fairlead::lab
