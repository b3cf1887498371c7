#pragma once
// Purpose: what becomes of the connections of an uplink that has failed.
#include <optional>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/ip.hpp"
#include "base/mark.hpp"
#include "core/model/config.hpp"

namespace fairlead::bpf {
class Datapath;
}

namespace fairlead::daemon {

/// reset: they are forgotten, and the hosts behind the router learn it: TCP by a reset, at once; what is not TCP goes
/// on over another uplink with its next packet. forget: the same, but TCP hosts learn it with their next packet only.
/// keep: nothing. Only those of `family`, where one is named. `programs`: of the fast path, which must not go on with
/// them; may be null.
[[nodiscard]] Result<void> end_connections(UplinkId id, std::optional<Family> family, Fate fate, const MarkMask& mask,
                                           bpf::Datapath* programs);

}  // namespace fairlead::daemon
