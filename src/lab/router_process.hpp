#pragma once
// Purpose: Fairlead itself as the router of a lab: the same binary, run as on a real machine, in the lab's router
// namespace, with its run and state folders in the lab's folder.
#include <string>

#include "base/error.hpp"
#include "lab/lab.hpp"
#include "lab/process.hpp"

namespace fairlead::lab {

struct RouterFolders {
  std::string run;
  std::string state;
  std::string log;
};
[[nodiscard]] RouterFolders router_folders(const Lab& lab);

/// The command that runs, or speaks to, the lab's router: PROGRAM COMMAND ARGUMENTS… --run-dir … --state-dir …
[[nodiscard]] Command router_command(const Lab& lab, const std::string& program, const std::string& command,
                                     const std::vector<std::string>& arguments = {});

/// Starts `PROGRAM run -c FILE` and returns when it is ready to be asked. It outlives the caller; Lab::remove()
/// ends it. Errors hold what it wrote.
[[nodiscard]] Result<pid_t> start_router(Lab& lab, const std::string& program, const std::string& file);

}  // namespace fairlead::lab
