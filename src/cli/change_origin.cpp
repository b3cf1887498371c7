#include "cli/change_origin.hpp"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::cli {
namespace {

constexpr const char* variable = "SSH_CONNECTION";

/// Field 4 of proc(5)'s /proc/PID/stat; the name before it may hold anything, also parentheses.
pid_t parent_of(pid_t pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat").value_or("");
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return 0;
  const auto fields = split(std::string_view(stat).substr(name_end + 2), ' ');
  pid_t parent = 0;
  if (fields.size() > 1) std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), parent);
  return parent;
}

std::string in_environment_of(pid_t pid) {
  const auto environment = read_file("/proc/" + std::to_string(pid) + "/environ").value_or("");
  const std::string wanted = std::string(variable) + "=";
  for (const auto entry : split(environment, '\0'))
    if (entry.starts_with(wanted)) return std::string(entry.substr(wanted.size()));
  return "";
}

std::string ssh_connection() {
  if (const char* own = std::getenv(variable)) return own;
  constexpr int most_ancestors = 50;
  pid_t pid = ::getppid();
  for (int count = 0; pid > 1 && count < most_ancestors; ++count, pid = parent_of(pid))
    if (auto found = in_environment_of(pid); !found.empty()) return found;
  return "";
}

std::string user_name() {
  const auto* entry = ::getpwuid(::getuid());
  const std::string own = entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
  const char* behind = std::getenv("SUDO_USER");
  return behind == nullptr || *behind == '\0' ? own : std::string(behind) + " (" + own + ")";
}

}  // namespace

ChangeOrigin change_origin() {
  ChangeOrigin origin{user_name(), compile::parse_ssh_connection(ssh_connection())};
  if (origin.session) origin.by += " from " + origin.session->client.to_text();
  return origin;
}

}  // namespace fairlead::cli
