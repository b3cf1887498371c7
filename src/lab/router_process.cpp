#include "lab/router_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/file.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab {
namespace {

constexpr auto start_patience = std::chrono::seconds(20);

/// In its own session, so that a Ctrl-C in the terminal of the caller does not end it.
Result<pid_t> spawn_detached(const Command& command, const std::string& log) {
  Command words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Fd output(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!output) return std::unexpected(system_error(log, errno));
  const Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return std::unexpected(system_error("/dev/null", errno));
  const pid_t child = ::fork();
  if (child < 0) return std::unexpected(system_error("fork", errno));
  if (child == 0) {
    ::setsid();
    ::dup2(input.get(), STDIN_FILENO);
    ::dup2(output.get(), STDOUT_FILENO);
    ::dup2(output.get(), STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  return child;
}

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
      router->inside([&] { return spawn_detached(router_command(lab, program, "run", {"-c", file}), log); });
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
