#include "lab/router_process.hpp"

#include <sys/wait.h>

#include <filesystem>

#include "base/file.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab {
namespace {

namespace fs = std::filesystem;

constexpr auto start_patience = std::chrono::seconds(20);

bool has_ended(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; }

}  // namespace

RouterFolders router_folders(const Lab& lab, const std::string& router) {
  const auto routers = lab.routers();
  auto folder = lab.folder();
  if (routers.size() > 1) folder /= router.empty() ? routers.front() : router;
  return {folder / "run", folder / "state", folder / "router.log"};
}

Command router_command(const Lab& lab, const std::string& program, const std::string& command,
                       const std::vector<std::string>& arguments, const std::string& router) {
  const auto folders = router_folders(lab, router);
  Command result{program, command};
  result.insert(result.end(), arguments.begin(), arguments.end());
  result.insert(result.end(), {"--run-dir", folders.run, "--state-dir", folders.state});
  return result;
}

Result<pid_t> start_router(Lab& lab, const std::string& program, const std::string& file, const std::string& router) {
  const auto host = router.empty() ? lab.router() : lab.host(router);
  if (!host) return std::unexpected(host.error());
  const auto log = router_folders(lab, router).log;
  std::error_code error;
  fs::create_directories(fs::path(log).parent_path(), error);
  if (error) return fail("make the folder of " + log + ": " + error.message());
  const auto pid =
      host->inside([&] { return start_detached(router_command(lab, program, "run", {"-c", file}, router), log); });
  if (!pid) return pid;
  if (auto noted = lab.note_process(*pid); !noted) return std::unexpected(noted.error());
  bool ended = false;
  const bool ready = wait_until(
      [&] {
        ended = ended || has_ended(*pid);
        if (ended) return true;
        const auto asked = run(router_command(lab, program, "status", {}, router));
        return asked && asked->ok();
      },
      in(start_patience));
  if (ready && !ended) return *pid;
  return fail((router.empty() ? "the router" : "the router " + router) + " did not start:\n" +
              read_file(log).value_or("(no log)"));
}

Result<pid_t> boot_router(Lab& lab, const std::string& program, const std::string& file, const std::string& router) {
  if (auto done = lab.reboot(router); !done) return std::unexpected(done.error());
  std::error_code error;
  fs::remove_all(router_folders(lab, router).run, error);
  if (error) return fail("empty the run folder of " + router + ": " + error.message());
  return start_router(lab, program, file, router);
}

}  // namespace fairlead::lab
