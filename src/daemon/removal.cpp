#include "daemon/removal.hpp"

#include "core/plan/difference.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/kernel.hpp"
#include "daemon/router_advertisements.hpp"
#include "daemon/sysctl_memory.hpp"

namespace fairlead::daemon {

Result<void> remove_everything(const Paths& paths) {
  remove_dhcp_clients(paths);
  remove_router_advertisements(paths);
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
