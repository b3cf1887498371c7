#include "lab/router_process.hpp"

#include <sys/wait.h>

#include "base/file.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab {
namespace {

constexpr auto start_patience = std::chrono::seconds(20);

bool has_ended(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; }

}  // namespace

RouterFolders router_folders(const Lab& lab) {
  const auto folder = lab.folder().string();
  return {folder + "/run", folder + "/state", folder + "/router.log"};
}

Command router_command(const Lab& lab, const std::string& program, const std::string& command,
                       const std::vector<std::string>& arguments) {
  const auto folders = router_folders(lab);
  Command result{program, command};
  result.insert(result.end(), arguments.begin(), arguments.end());
  result.insert(result.end(), {"--run-dir", folders.run, "--state-dir", folders.state});
  return result;
}

Result<pid_t> start_router(Lab& lab, const std::string& program, const std::string& file) {
  const auto router = lab.router();
  if (!router) return std::unexpected(router.error());
  const auto log = router_folders(lab).log;
  const auto pid =
      router->inside([&] { return start_detached(router_command(lab, program, "run", {"-c", file}), log); });
  if (!pid) return pid;
  if (auto noted = lab.note_process(*pid); !noted) return std::unexpected(noted.error());
  bool ended = false;
  const bool ready = wait_until(
      [&] {
        ended = ended || has_ended(*pid);
        if (ended) return true;
        const auto asked = run(router_command(lab, program, "status"));
        return asked && asked->ok();
      },
      in(start_patience));
  if (ready && !ended) return *pid;
  return fail("the router did not start:\n" + read_file(log).value_or("(no log)"));
}

}  // namespace fairlead::lab
