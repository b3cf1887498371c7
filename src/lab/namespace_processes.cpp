#include "lab/namespace_processes.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>

#include "lab/wait.hpp"

namespace fairlead::lab {

namespace fs = std::filesystem;

std::vector<Running> processes_in(const std::string& network_namespace) {
  std::vector<Running> found;
  struct stat wanted{};
  if (::stat(("/run/netns/" + network_namespace).c_str(), &wanted) != 0) return found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{} || pid == ::getpid()) continue;
    const auto is_there = [&] {
      struct stat its{};
      return ::stat((entry.path() / "ns/net").c_str(), &its) == 0 && its.st_ino == wanted.st_ino &&
             its.st_dev == wanted.st_dev;
    };
    if (!is_there()) continue;
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    // With the descriptor open the number can no longer change hands, so it is asked again.
    if (process && is_there()) found.push_back({pid, std::move(process)});
  }
  return found;
}

void kill_now(const std::vector<Running>& processes) {
  for (const auto& [pid, process] : processes) ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

int kill_all_in(const std::string& network_namespace, std::vector<Running> known) {
  int killed = 0;
  for (; !known.empty(); known = processes_in(network_namespace)) {
    kill_now(known);
    for (const auto& [pid, process] : known) {
      (void)wait_ready(process.get(), POLLIN, in(std::chrono::seconds(2)));
      ::waitpid(pid, nullptr, WNOHANG);  // where it is a child of this process
    }
    killed += static_cast<int>(known.size());
  }
  return killed;
}

}  // namespace fairlead::lab
