#include "process_cost.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::bench {

Result<std::chrono::duration<double>> processor_time(pid_t pid) {
  const auto stat = read_file(fmt::format("/proc/{}/stat", pid));
  if (!stat) return std::unexpected(stat.error());
  const auto fields = split(std::string_view(*stat).substr(stat->rfind(')') + 2), ' ');
  const auto ticks = std::stol(std::string(fields.at(11))) + std::stol(std::string(fields.at(12)));
  return std::chrono::duration<double>(static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

Result<double> resident_megabytes(pid_t pid) {
  const auto status = read_file(fmt::format("/proc/{}/status", pid));
  if (!status) return std::unexpected(status.error());
  const auto line = status->find("VmRSS:");
  if (line == std::string::npos) return fail("no VmRSS");
  return std::strtod(status->c_str() + line + 6, nullptr) / 1024;
}

}  // namespace fairlead::bench
