#pragma once
// Purpose: values below /proc/sys of the calling thread's network namespace. Paths are relative and have slashes,
// "net/ipv4/conf/eth0.5/rp_filter", since device names may have dots. Source: proc(5), sysctl(8).
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::sysctl {

/// Without the line end.
[[nodiscard]] Result<std::string> read(const std::string& path);
/// Writing the value that is there already changes nothing.
[[nodiscard]] Result<void> write(const std::string& path, const std::string& value);
/// Those of `paths` that exist: a device may be missing, a kernel may lack a feature.
[[nodiscard]] Result<std::map<std::string, std::string>> observe(const std::vector<std::string>& paths);

}  // namespace fairlead::sysctl
