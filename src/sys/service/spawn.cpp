#include "sys/service/spawn.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/pipe.hpp"
#include "base/text.hpp"
#include "sys/service/environment.hpp"

namespace fairlead::service {
namespace {

Result<void> make_folders(const Program& program) {
  for (const auto& folder : program.folders)
    for (const auto& path : {folder.ours, folder.theirs}) {
      std::error_code problem;
      std::filesystem::create_directories(path, problem);
      if (problem) return fail(path + ": " + problem.message());
    }
  return {};
}

/// What failed in the child before the program ran: a step, and its errno.
struct Failure {
  enum class Step : std::uint8_t { mount, run } step = Step::run;
  int error = 0;
};

[[noreturn]] void give_up(const Fd& report, Failure::Step step) {
  const Failure failure{step, errno};
  // A parent that is gone needs no report.
  const bool told = ::write(report.get(), &failure, sizeof failure) == sizeof failure;
  ::_exit(told ? 127 : 126);
}

bool mount_folders(const Program& program) {
  if (program.folders.empty()) return true;
  if (::unshare(CLONE_NEWNS) != 0) return false;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return std::ranges::all_of(program.folders, [](const auto& folder) {
    return ::mount(folder.ours.c_str(), folder.theirs.c_str(), nullptr, MS_BIND, nullptr) == 0;
  });
}

/// In the child; only system calls, nothing that allocates.
[[noreturn]] void become(const Program& program, char* const* arguments, char* const* environment, const Fd& input,
                         const Pipe& output, const Fd& report) {
  ::setsid();
  sigset_t held;
  sigemptyset(&held);
  if (program.held_signal != 0) sigaddset(&held, program.held_signal);
  ::sigprocmask(SIG_SETMASK, &held, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const sched_param urgent{program.real_time_priority};
  if (program.real_time_priority != 0) ::sched_setscheduler(0, SCHED_RR, &urgent);
  ::dup2(input.get(), STDIN_FILENO);
  ::dup2(output.write_end.get(), STDOUT_FILENO);
  ::dup2(output.write_end.get(), STDERR_FILENO);
  ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  if (!mount_folders(program)) give_up(report, Failure::Step::mount);
  ::execvpe(arguments[0], arguments, environment);
  give_up(report, Failure::Step::run);
}

}  // namespace

Result<Spawned> spawn(const Program& program) {
  if (auto made = make_folders(program); !made) return std::unexpected(made.error());
  for (const auto& file : program.stale) ::unlink(file.c_str());
  auto output = make_pipe();
  auto report = make_pipe();
  if (!output || !report) return std::unexpected(output ? report.error() : output.error());
  const Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return std::unexpected(system_error("/dev/null", errno));
  auto words = program.command;
  auto environment = environment_with(program.added);
  const auto arguments = pointers_to(words);
  const auto settings = pointers_to(environment);

  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(system_error("start " + words.front(), errno));
  if (pid == 0) become(program, arguments.data(), settings.data(), input, *output, report->write_end);
  report->write_end.reset();
  // The program's own start closes the pipe; until then the child does a handful of system calls.
  Failure failure;
  if (::read(report->read_end.get(), &failure, sizeof failure) == sizeof failure) {
    ::waitpid(pid, nullptr, 0);
    const bool mounting = failure.step == Failure::Step::mount;
    return std::unexpected(system_error(
        mounting ? "give " + words.front() + " folders of its own" : "start " + words.front(), failure.error));
  }
  Spawned spawned{pid, Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))), std::move(output->read_end)};
  ::fcntl(spawned.output.get(), F_SETFL, O_NONBLOCK);
  return spawned;
}

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  return std::ranges::any_of(split(path == nullptr ? "/usr/sbin:/usr/bin:/sbin:/bin" : path, ':'),
                             [&](const std::string_view folder) {
                               return ::access((std::string(folder) + '/' + program).c_str(), X_OK) == 0;
                             });
}

}  // namespace fairlead::service
