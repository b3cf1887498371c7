#pragma once
// Purpose: Fairlead itself as the router of a lab, or as either of a pair: the same binary, run as on a real machine,
// in the router's namespace, with its run and state folders in the lab's folder. `router` is "left" or "right"; empty:
// the only one, or the left one.
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
/// In the lab's folder, or in a folder of the router's there where it has a pair.
[[nodiscard]] RouterFolders router_folders(const Lab& lab, const std::string& router = {});

/// The command that runs, or speaks to, the router: PROGRAM COMMAND ARGUMENTS… --run-dir … --state-dir …
[[nodiscard]] Command router_command(const Lab& lab, const std::string& program, const std::string& command,
                                     const std::vector<std::string>& arguments = {}, const std::string& router = {});

/// Starts `PROGRAM run -c FILE` and returns when it is ready to be asked. It outlives the caller; Lab::remove()
/// ends it. Errors hold what it wrote.
[[nodiscard]] Result<pid_t> start_router(Lab& lab, const std::string& program, const std::string& file,
                                         const std::string& router = {});

/// The router's power is back: Lab::reboot(), its run folder is empty, its state is what it was, and it starts.
[[nodiscard]] Result<pid_t> boot_router(Lab& lab, const std::string& program, const std::string& file,
                                        const std::string& router);

}  // namespace fairlead::lab
