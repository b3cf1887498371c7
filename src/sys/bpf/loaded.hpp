#pragma once
// Purpose: the two programs and the memory that they share with us, loaded anew or taken over from an earlier run.
#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/ids.hpp"
#include "bpf/abi.h"
#include "sys/bpf/mapping.hpp"

namespace fairlead::bpf {

struct Loaded {
  Fd lan;
  Fd uplink;
  std::uint32_t lan_id = 0;  ///< the kernel's number of the program
  std::uint32_t uplink_id = 0;
  Mapping shared;     ///< datapath::shared
  Mapping activity;   ///< datapath::activity[datapath::most_uplinks]
  Mapping given;      ///< datapath::places
  Mapping ways;       ///< datapath::way[places]
  Mapping addresses;  ///< datapath::way_v6[places]
  Mapping index;      ///< datapath::index_set[sets]
  std::uint32_t places = 0;
  /// Of the index: as many as there are places, since most of a set must be free.
  [[nodiscard]] std::uint32_t sets() const { return places; }
};

/// What libbpf says goes nowhere: its first line is no help to a user, and the verifier's last none either.
void be_quiet();

/// Errors, for people: what the kernel lacks.
[[nodiscard]] Result<Loaded> load();
/// Of the programs with these ids; an error where they are not ours, or not of this build.
[[nodiscard]] Result<Loaded> take_over(std::uint32_t lan_id, std::uint32_t uplink_id);

}  // namespace fairlead::bpf
