#pragma once
// Purpose: what the fast path has counted of a connection, read from the memory of the programs (bpf/ways.h).
#include <cstdint>
#include <span>

#include "bpf/abi.h"
#include "core/model/connection.hpp"

namespace fairlead::bpf {

struct Ways {
  std::span<const datapath::way> ways;
  std::span<const datapath::way_v6> addresses;
  std::span<const datapath::index_set> index;
  std::uint32_t mask = 0;  ///< of the index, as far as it has ever been used

  /// Bytes of the direction that comes as `tuple`; 0 where it has no place.
  [[nodiscard]] std::uint64_t bytes_carried(const ConnectionTuple& tuple, std::uint8_t protocol) const;

 private:
  [[nodiscard]] bool is_of(std::uint32_t place, const ConnectionTuple& tuple, std::uint8_t protocol) const;
};

}  // namespace fairlead::bpf
