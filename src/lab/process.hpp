#pragma once
// Purpose: child processes without a shell, in the calling thread's network namespace: a short command with its
// output, or one that lives as long as its owner. Source: posix_spawn(3), pidfd_open(2).
#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab {

struct Output {
  int status = 0;  ///< exit status; 128 + number for a signal
  std::string out;
  std::string err;

  [[nodiscard]] bool ok() const { return status == 0; }
};

using Command = std::vector<std::string>;  ///< program (found in PATH) and arguments

/// A running child process: its output can be read from out() (or err()), and it is killed and reaped when its
/// owner lets go of it.
class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept { *this = std::move(other); }
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { stop(); }

  /// `input` becomes its standard input.
  static Result<Child> start(const Command& command, std::string_view input = {});

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int out() const { return out_.get(); }
  [[nodiscard]] int err() const { return err_.get(); }

  /// Waits for its end and returns what it wrote, from where reading stopped; an error at the deadline.
  Result<Output> finish(Deadline deadline);
  /// Sends a signal.
  void signal(int number) const;
  /// SIGTERM, then SIGKILL after a second.
  void stop();

 private:
  pid_t pid_ = -1;
  Fd exited_;  // a pidfd: readable when the process has ended, and immune to reuse of the number
  Fd out_;
  Fd err_;
};

/// A program that outlives its owner, in its own session, so that a Ctrl-C in the terminal of the caller does not end
/// it. What it writes is appended to the file `log`.
[[nodiscard]] Result<pid_t> start_detached(const Command& command, const std::string& log);

/// Runs to the end. An Error where it could not be started or overran the deadline; its status is in Output.
[[nodiscard]] Result<Output> run(const Command& command, std::string_view input = {},
                                 std::chrono::milliseconds at_most = std::chrono::seconds(30));

/// run(), where a status other than 0 is an Error with what the command wrote.
[[nodiscard]] Result<std::string> must_run(const Command& command, std::string_view input = {});

}  // namespace fairlead::lab
