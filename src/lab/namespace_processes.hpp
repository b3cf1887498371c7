#pragma once
// Purpose: the processes of a lab's host, whoever started them: programs below a router outlive it, and would stay for
// ever in a namespace that has no name any more. Source: proc(5), pidfd_open(2).
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.hpp"

namespace fairlead::lab {

struct Running {
  pid_t pid = 0;
  Fd process;  ///< a pidfd
};

/// Every process whose first thread is in this network namespace, but for the caller.
[[nodiscard]] std::vector<Running> processes_in(const std::string& network_namespace);
void kill_now(const std::vector<Running>& processes);
/// Until nothing is left that a process forked meanwhile; how many there were.
int kill_all_in(const std::string& network_namespace, std::vector<Running> known);

}  // namespace fairlead::lab
