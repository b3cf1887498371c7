#pragma once
// Purpose: the routers that are compared. Each has a network of its own for the whole run, so that nothing which one
// leaves behind (a sysctl, a rule) is measured with another.
#include <functional>
#include <string>
#include <vector>

#include "bench_net.hpp"

namespace fairlead::bench {

namespace names {
inline constexpr const char* floor = "floor";  ///< drops at the router's own door: what the sender costs alone
inline constexpr const char* plain = "plain forwarding";
inline constexpr const char* scripts = "old scripts (iptables-legacy)";
inline constexpr const char* ours = "fairlead, 3 uplinks";
inline constexpr const char* uplinks64 = "fairlead, 64 uplinks";
inline constexpr const char* policies5000 = "fairlead, 5,000 policies";
inline constexpr const char* forwards5000 = "fairlead, 5,000 forwards";
}  // namespace names

struct Variant {
  std::string name;
  int uplinks = 3;  ///< that the network has
  int spread = 1;   ///< uplinks that packets must reach; 0: nothing may arrive
  std::function<Result<void>(const Network&)> up;
};

[[nodiscard]] std::vector<Variant> variants();

}  // namespace fairlead::bench
