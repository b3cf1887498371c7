#pragma once
// Purpose: work that outlives the caller, in a process of its own, for what a lab needs as long as it is up: servers,
// and the faults that a packet filter cannot make. Source: fork(2), setsid(2), close_range(2).
#include <sys/types.h>

#include <functional>
#include <span>

#include "base/error.hpp"

namespace fairlead::lab {

/// Runs `work` in a child in a session of its own, with /dev/null as its standard streams and of the other descriptors
/// only those of `keep`. The child has one thread, whatever the caller has; it ends when `work` returns.
[[nodiscard]] Result<pid_t> in_background(std::span<const int> keep, const std::function<void()>& work);

}  // namespace fairlead::lab
