#include "daemon/removal.hpp"

#include <filesystem>
#include <vector>

#include "core/plan/difference.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/kernel.hpp"
#include "daemon/router_advertisements.hpp"
#include "daemon/sysctl_memory.hpp"
#include "daemon/vrrp.hpp"
#include "sys/service/leftover.hpp"

namespace fairlead::daemon {
namespace {

/// Whatever runs below us; a daemon that lived has ended its own already.
void end_services(const Paths& paths) {
  constexpr auto patience = std::chrono::seconds(5);
  std::vector<std::filesystem::path> noted;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(paths.services(), ignored))
    noted.push_back(entry.path());
  for (const auto& file : noted) service::end_noted_process(file, patience);
}

}  // namespace

Result<void> remove_everything(const Paths& paths) {
  end_services(paths);
  forget_dhcp_clients(paths);
  forget_router_advertisements(paths);
  forget_vrrp(paths);
  auto kernel = Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  auto sysctls = SysctlMemory::load(paths.sysctls());
  if (!sysctls) return std::unexpected(sysctls.error());
  State nothing;  // but what the sysctls were before
  nothing.sysctls = sysctls->before();
  const auto have = kernel->observe(nothing);
  if (!have) return std::unexpected(have.error());
  if (auto done = kernel->carry_out(plan::difference(nothing, *have)); !done) return done;
  return sysctls->forget_all_but({});
}

}  // namespace fairlead::daemon
