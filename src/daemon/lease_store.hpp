#pragma once
// Purpose: leases on disk, so that a daemon that starts again goes on with an address that is still lent. In the run
// folder: after a reboot the client asks anew.
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/lease.hpp"

namespace fairlead::daemon {

/// What is known from DHCP clients.
struct Leases {
  std::vector<Lease> addresses;
  std::vector<DelegatedPrefix> prefixes;
  std::map<std::string, std::string> problems;  ///< device → why its client does not work; not on disk
  bool operator==(const Leases&) const = default;
};

/// Seconds since boot (CLOCK_BOOTTIME).
[[nodiscard]] BootTime boot_now();

/// Drops what has expired; true where there was something.
bool drop_expired(Leases& leases, BootTime now);

/// Those that are valid now. No file, a damaged one, or one from before a reboot: none.
[[nodiscard]] Leases load_leases(const std::string& path);
[[nodiscard]] Result<void> save_leases(const std::string& path, const Leases& leases);

}  // namespace fairlead::daemon
