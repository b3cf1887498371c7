#pragma once
// Purpose: starts one program as a child: in a session of its own, with folders of ours in the place of its fixed ones.
// Source: fork(2), pidfd_open(2), unshare(2), mount_namespaces(7).
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::service {

/// The child sees `ours` at the path `theirs`, and nobody else does (a mount namespace of its own). For programs whose
/// paths are compiled in: two of them, in two network namespaces or beside one of the system's, would meet there.
struct PrivateFolder {
  std::string ours;
  std::string theirs;
};

struct Program {
  std::vector<std::string> command;  ///< found in PATH
  std::vector<PrivateFolder> folders;
  std::vector<std::pair<std::string, std::string>> added;  ///< to our own environment
  /// Files of a run that was killed, which would keep this one from starting: removed before.
  std::vector<std::string> stale;
  /// Blocked until the program itself unblocks it; 0: none. For those that only then are ready for it: one that comes
  /// too early would end them.
  int held_signal = 0;
  /// SCHED_RR (sched(7)), for it and what it starts; 0: as this program has it. Where that is not allowed it starts
  /// without.
  int real_time_priority = 0;
};

struct Spawned {
  pid_t pid = -1;
  Fd ended;   ///< a pidfd: readable when the process has ended
  Fd output;  ///< what it writes to stdout and stderr; not blocking
};

/// Makes missing folders. Errors: a folder cannot be made or mounted, or the program cannot be run.
[[nodiscard]] Result<Spawned> spawn(const Program& program);

/// Whether PATH has such a program.
[[nodiscard]] bool is_installed(const std::string& program);

}  // namespace fairlead::service
