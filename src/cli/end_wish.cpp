#include "cli/end_wish.hpp"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

namespace fairlead::cli {

Result<Fd> wish_to_end() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  Fd wish(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (!wish) return std::unexpected(system_error("signalfd", errno));
  return wish;
}

}  // namespace fairlead::cli
