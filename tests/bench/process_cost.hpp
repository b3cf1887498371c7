#pragma once
// Purpose: what a process has cost. Source: proc(5), stat fields 14 and 15, status VmRSS.
#include <sys/types.h>

#include <chrono>

#include "base/error.hpp"

namespace fairlead::bench {

/// Since it was started.
[[nodiscard]] Result<std::chrono::duration<double>> processor_time(pid_t pid);
[[nodiscard]] Result<double> resident_megabytes(pid_t pid);

}  // namespace fairlead::bench
