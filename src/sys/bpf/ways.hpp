#pragma once
// Purpose: what the fast path has counted of a connection, read from the memory of the programs (bpf/ways.h).
#include <cstdint>
#include <span>

#include "bpf/abi.h"
#include "core/model/connection.hpp"

namespace fairlead::bpf {

/// Bytes of the direction that comes as `tuple`; 0 where it has no place.
[[nodiscard]] std::uint64_t bytes_carried(std::span<const datapath::way_set> ways, const ConnectionEntry& connection,
                                          const ConnectionTuple& tuple);

}  // namespace fairlead::bpf
