#include "variants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/compile/compile.hpp"
#include "core/plan/difference.hpp"
#include "daemon/kernel.hpp"
#include "other_routers.hpp"

namespace fairlead::bench {
namespace {

/// Brings the router's kernel to what `config` wants.
Result<void> become(const Network& network, const Config& config) {
  return network.router().inside([&]() -> Result<void> {
    auto kernel = daemon::Kernel::open();
    if (!kernel) return std::unexpected(kernel.error());
    const auto facts = kernel->facts(config);
    if (!facts) return std::unexpected(facts.error());
    UplinkIds ids;
    ids.assign(config);
    const auto want = compile::compile(config, *facts, {}, ids).state;
    const auto have = kernel->observe(want);
    if (!have) return std::unexpected(have.error());
    return kernel->carry_out(plan::difference(want, *have));
  });
}

}  // namespace

Variant floor() {
  return {names::floor, 3, 0, 0, [](const Network& network) -> Result<void> {
            const auto done = network.router().must_run(
                {"nft", "-f", "-"},
                "table netdev door { chain in { type filter hook ingress device \"eth0\" priority 0; "
                "ip protocol udp drop; }; }\n");
            return done ? Result<void>{} : std::unexpected(done.error());
          }};
}

Variant fairlead(const std::string& name, const Size& size) {
  return {name, size.uplinks, size.uplinks, size.standing, [size](const Network& network) -> Result<void> {
            if (auto made = network.add_lans(size.lans); !made) return made;
            const auto config = config_of(size);
            return config ? become(network, *config) : std::unexpected(config.error());
          }};
}

std::vector<Variant> variants() {
  std::vector<Variant> all{floor(),
                           plain(),
                           bare_redirect(),
                           one_masquerade(),
                           scripts(),
                           mwan3_shape(names::mwan3_3, 3),
                           mwan3_shape(names::mwan3_16, 16),
                           vyos_shape(names::vyos_3, 3),
                           vyos_shape(names::vyos_16, 16),
                           fairlead(names::ours, {}),
                           fairlead(names::ours_16, {.uplinks = 16})};
  if (!is_available({.offload = "ebpf"})) return all;
  all.push_back(fairlead(names::fast, {.offload = "ebpf"}));
  all.push_back(fairlead(names::fast_16, {.uplinks = 16, .offload = "ebpf"}));
  return all;
}

std::vector<Variant> variants_for_packets() {
  auto all = variants();
  all.insert(std::ranges::find(all, names::redirect, &Variant::name) + 1, bare_xdp_redirect());
  return all;
}

}  // namespace fairlead::bench
