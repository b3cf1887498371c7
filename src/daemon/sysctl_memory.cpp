#include "daemon/sysctl_memory.hpp"

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

Result<SysctlMemory> SysctlMemory::load(std::string path) {
  SysctlMemory memory(std::move(path));
  const auto content = read_file_if_any(memory.path_);
  if (!content) return std::unexpected(content.error());
  if (!*content) return memory;
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  if (!json.is_object()) return fail(memory.path_ + " is damaged; remove it, and sysctls keep their present values");
  for (const auto& [name, value] : json.items())
    if (value.is_string()) memory.before_[name] = value.get<std::string>();
  return memory;
}

Result<void> SysctlMemory::remember(const Plan& plan) {
  bool news = false;
  for (const auto& step : plan.steps)
    if (const auto* set = std::get_if<SetSysctl>(&step)) news |= before_.emplace(set->path, set->before).second;
  return news ? write_file(path_, nlohmann::json(before_).dump(2) + "\n") : Result<void>{};
}

Result<void> SysctlMemory::forget_all_but(const std::map<std::string, std::string>& kept) {
  if (std::erase_if(before_, [&](const auto& entry) { return !kept.contains(entry.first); }) == 0) return {};
  if (!before_.empty()) return write_file(path_, nlohmann::json(before_).dump(2) + "\n");
  if (std::remove(path_.c_str()) != 0 && errno != ENOENT) return std::unexpected(system_error(path_, errno));
  return {};
}

}  // namespace fairlead::daemon
