#include "lab/background.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

namespace fairlead::lab {
namespace {

void close_all_but(std::vector<int> keep) {
  std::ranges::sort(keep);
  unsigned int from = STDERR_FILENO + 1;
  for (const int descriptor : keep) {
    const auto kept = static_cast<unsigned int>(descriptor);
    if (kept > from) ::syscall(SYS_close_range, from, kept - 1, 0U);
    from = kept + 1;
  }
  ::syscall(SYS_close_range, from, ~0U, 0U);
}

void detach() {
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing >= 0)
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, stream);
  struct sigaction as_usual{};
  as_usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &as_usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Result<pid_t> in_background(std::span<const int> keep, const std::function<void()>& work) {
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(system_error("fork", errno));
  if (pid > 0) return pid;
  detach();
  close_all_but({keep.begin(), keep.end()});
  work();
  ::_exit(0);
}

}  // namespace fairlead::lab
