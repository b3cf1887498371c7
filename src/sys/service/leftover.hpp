#pragma once
// Purpose: which process of an earlier run still lives. A child outlives a crash of ours on purpose: a DHCP client goes
// on renewing, so that the address stays ours. The next start must end it before it starts its own.
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::service {

/// Writes `pid` to the file at `path`.
[[nodiscard]] Result<void> note_process(const std::string& path, pid_t pid);
void forget_process(const std::string& path);

/// A pidfd of the process that the file at `path` names, if it still lives.
[[nodiscard]] std::optional<Fd> noted_process(const std::string& path);

/// SIGTERM, and SIGKILL after `patience`; returns when it has ended. For where no loop runs.
void end_noted_process(const std::string& path, std::chrono::milliseconds patience);

/// Signals the process that the file at `path` names, if it still lives; SIGKILL goes to its helpers, too.
void signal_noted_process(const std::string& path, int number);

/// Sends a signal through a pidfd.
void send_signal(const Fd& process, int number);

}  // namespace fairlead::service
