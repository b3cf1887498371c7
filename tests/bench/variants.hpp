#pragma once
// Purpose: the routers that are compared. Each has a network of its own for the whole run, so that nothing which one
// leaves behind (a sysctl, a rule) is measured with another.
#include <functional>
#include <string>
#include <vector>

#include "bench_net.hpp"
#include "size_config.hpp"

namespace fairlead::bench {

namespace names {
inline constexpr const char* floor = "floor";  ///< drops at the router's own door: what the sender costs alone
inline constexpr const char* plain = "plain forwarding";
inline constexpr const char* redirect = "bare eBPF redirect";
inline constexpr const char* xdp = "bare XDP redirect";
inline constexpr const char* masquerade = "one masquerade rule (nft)";
inline constexpr const char* scripts = "old scripts (iptables-legacy)";
inline constexpr const char* mwan3_3 = "shape of mwan3, 3 uplinks";
inline constexpr const char* mwan3_16 = "shape of mwan3, 16 uplinks";
inline constexpr const char* vyos_3 = "shape of VyOS, 3 uplinks";
inline constexpr const char* vyos_16 = "shape of VyOS, 16 uplinks";
inline constexpr const char* ours = "Fairlead, 3 uplinks";
inline constexpr const char* ours_16 = "Fairlead, 16 uplinks";
inline constexpr const char* fast = "Fairlead with fast path, 3 uplinks";
inline constexpr const char* fast_16 = "Fairlead with fast path, 16 uplinks";
}  // namespace names

struct Variant {
  std::string name;
  int uplinks = 3;   ///< that the network has
  int spread = 1;    ///< uplinks that packets must reach; 0: nothing may arrive
  int standing = 0;  ///< other connections in the router's table
  std::function<Result<void>(const Network&)> up;
};

[[nodiscard]] Variant floor();

[[nodiscard]] Variant fairlead(const std::string& name, const Size& size);

/// Those that are compared usually, the floor first.
[[nodiscard]] std::vector<Variant> variants();
/// With those that carry single packets only.
[[nodiscard]] std::vector<Variant> variants_for_packets();

}  // namespace fairlead::bench
