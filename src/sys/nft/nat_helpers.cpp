#include "sys/nft/nat_helpers.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/file.hpp"
#include "base/text.hpp"
#include "sys/nft/features.hpp"

namespace fairlead::sys {
namespace {

/// "nf_conntrack_ftp, nf_nat_ftp" → the latter.
std::string nat_module(const Feature& feature) {
  const std::string_view modules = feature.module;
  return std::string(modules.substr(modules.rfind(' ') + 1));
}

bool is_listed(std::string_view modules, std::string_view wanted) {
  for (const auto line : split(modules, '\n'))
    if (line.substr(0, line.find(' ')) == wanted) return true;
  return false;
}

/// A helper of the kernel's own is no module, and modprobe knows that.
bool modprobe(std::string module) {
  std::string program = "modprobe";
  std::string quiet = "-q";
  std::array<char*, 4> arguments{program.data(), quiet.data(), module.data(), nullptr};
  pid_t pid = 0;
  if (::posix_spawnp(&pid, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) return false;
  int status = 0;
  return ::waitpid(pid, &status, 0) == pid && status == 0;
}

}  // namespace

Result<void> load_nat_helpers(std::string_view script) {
  if (!script.contains("ct helper")) return {};
  const auto modules = read_file_if_any("/proc/modules");
  // A kernel without modules has what it has.
  if (!modules || !*modules) return {};
  for (const auto& feature : helper_features()) {
    const auto module = nat_module(feature);
    if (script.contains(feature.word) && !is_listed(**modules, module) && !modprobe(module))
      return fail(to_text({&feature}));
  }
  return {};
}

}  // namespace fairlead::sys
