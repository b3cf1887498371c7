#pragma once
// Purpose: `fairlead run` and `fairlead down`: the composition root. Makes every object, connects them, and runs
// the one event loop:
//
//   kernel events ─▶ debounce ─┐
//   slow timer ────────────────┤
//   probes ─▶ verdicts ────────┼─▶ Router::reconcile ─┬─▶ Snapshot ─▶ control socket
//   DHCP clients ─▶ leases ────┤                      └─▶ programs below us: LAN DHCP, …
//   Pair ─▶ role ──────────────┘
//   SIGHUP, "reload", "apply", "rollback" ─▶ ChangeControl ─▶ Router::load ┘
#include <string>

#include "base/error.hpp"
#include "daemon/paths.hpp"

namespace fairlead::daemon {

/// Returns after SIGTERM or SIGINT (the kernel keeps forwarding) or "down" (everything of ours is removed).
/// Errors: the file is wrong, the kernel refuses, or another Fairlead runs with the same paths.
[[nodiscard]] Result<void> run(const Paths& given, const std::string& file);

/// Removes exactly what is ours and puts changed sysctls back. Tells a running daemon to do so and to end, or
/// does it alone where none runs. Nothing there is success.
[[nodiscard]] Result<void> down(const Paths& paths);

}  // namespace fairlead::daemon
