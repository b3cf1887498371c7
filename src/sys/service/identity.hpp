#pragma once
// Purpose: tells a process from a later one with its number, for who noted it down.
// Source: proc(5), pidfd_open(2).
#include <sys/types.h>

#include <optional>
#include <string>

#include "base/fd.hpp"

namespace fairlead::service {

/// In ticks since boot; "" when there is no such process.
[[nodiscard]] std::string start_time(pid_t pid);

/// A pidfd of the process with this number and start_time(); none when it has ended.
[[nodiscard]] std::optional<Fd> find_process(pid_t pid, const std::string& started);

}  // namespace fairlead::service
