#include "sys/service/leftover.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/file.hpp"
#include "sys/service/identity.hpp"

namespace fairlead::service {
namespace {

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

bool ends_within(const Fd& process, std::chrono::milliseconds patience) {
  pollfd entry{process.get(), POLLIN, 0};
  return ::poll(&entry, 1, static_cast<int>(patience.count())) == 1;
}

}  // namespace

Result<void> note_process(const std::string& path, pid_t pid) {
  return write_file(path, std::to_string(pid) + " " + start_time(pid) + " " + boot_id() + "\n");
}

void forget_process(const std::string& path) { std::remove(path.c_str()); }

namespace {

struct Noted {
  pid_t pid = 0;
  Fd process;
};

std::optional<Noted> find_noted(const std::string& path) {
  const auto text = read_file_if_any(path);
  if (!text || !*text) return std::nullopt;
  std::istringstream words(**text);
  pid_t pid = 0;
  std::string started;
  std::string boot;
  words >> pid >> started >> boot;
  if (boot != boot_id()) return std::nullopt;
  auto process = find_process(pid, started);
  return process ? std::optional(Noted{pid, std::move(*process)}) : std::nullopt;
}

}  // namespace

std::optional<Fd> noted_process(const std::string& path) {
  auto noted = find_noted(path);
  return noted ? std::optional(std::move(noted->process)) : std::nullopt;
}

void signal_noted_process(const std::string& path, int number) {
  const auto noted = find_noted(path);
  if (!noted) return;
  // It leads a group of its own (spawn.cpp), and lives, so that the number is that group's.
  if (number == SIGKILL) ::kill(-noted->pid, SIGKILL);
  send_signal(noted->process, number);
}

void end_noted_process(const std::string& path, std::chrono::milliseconds patience) {
  if (const auto process = noted_process(path)) {
    send_signal(*process, SIGTERM);
    if (!ends_within(*process, patience)) signal_noted_process(path, SIGKILL);
    static_cast<void>(ends_within(*process, patience));
  }
  forget_process(path);
}

void send_signal(const Fd& process, int number) { ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0); }

}  // namespace fairlead::service
