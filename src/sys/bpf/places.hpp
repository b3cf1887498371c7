#pragma once
// Purpose: the fast path's places and their index, which the programs only make larger (bpf/places.h), made smaller.
#include <chrono>
#include <span>

#include "bpf/abi.h"

namespace fairlead::bpf {

/// Where less than a quarter of the places that are given out had packets within a minute, the rest is given out no
/// longer, and the index covers no more than what is. A flow beyond that keeps its place, and is found as one that was
/// still while the index grew. `now`: of CLOCK_MONOTONIC, as the programs count. They may run meanwhile.
void shrink_places(datapath::places& given, std::span<const datapath::way> ways,
                   std::chrono::steady_clock::time_point now);

}  // namespace fairlead::bpf
