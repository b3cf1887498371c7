#include "sys/service/leftover.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::service {
namespace {

/// Field 22 of /proc/PID/stat, in ticks since boot; "" when there is no such process.
std::string start_time(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto after_name = line.rfind(')');  // the name may hold blanks
  if (after_name == std::string::npos || after_name + 2 > line.size()) return "";
  const auto fields = split(std::string_view(line).substr(after_name + 2), ' ');
  constexpr std::size_t start_field = 19;  // counted from field 3, the first behind the name
  return fields.size() > start_field ? std::string(fields[start_field]) : "";
}

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

std::optional<Fd> noted_process(const std::string& path) {
  const auto text = read_file_if_any(path);
  if (!text || !*text) return std::nullopt;
  std::istringstream words(**text);
  pid_t pid = 0;
  std::string started;
  std::string boot;
  words >> pid >> started >> boot;
  if (pid <= 1 || started.empty() || boot != boot_id()) return std::nullopt;
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // The number could be another's by now; with the pidfd open it can no longer change hands.
  if (!process || start_time(pid) != started) return std::nullopt;
  return process;
}

void end_noted_process(const std::string& path, std::chrono::milliseconds patience) {
  if (const auto process = noted_process(path)) {
    send_signal(*process, SIGTERM);
    if (!ends_within(*process, patience)) send_signal(*process, SIGKILL);
    static_cast<void>(ends_within(*process, patience));
  }
  forget_process(path);
}

void send_signal(const Fd& process, int number) { ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0); }

}  // namespace fairlead::service
