#include "sys/service/identity.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

#include "base/text.hpp"

namespace fairlead::service {

std::string start_time(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto after_name = line.rfind(')');  // the name may hold blanks
  if (after_name == std::string::npos || after_name + 2 > line.size()) return "";
  const auto fields = split(std::string_view(line).substr(after_name + 2), ' ');
  constexpr std::size_t start_field = 19;  // field 22, counted from field 3, the first behind the name
  return fields.size() > start_field ? std::string(fields[start_field]) : "";
}

std::optional<Fd> find_process(pid_t pid, const std::string& started) {
  if (pid <= 1 || started.empty()) return std::nullopt;
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // The number could be another's by now; with the pidfd open it can no longer change hands.
  if (!process || start_time(pid) != started) return std::nullopt;
  return process;
}

}  // namespace fairlead::service
