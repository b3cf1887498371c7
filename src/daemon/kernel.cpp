#include "daemon/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "sys/netlink/apply.hpp"
#include "sys/netlink/observe.hpp"
#include "sys/nft/nft.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::daemon {
namespace {

std::vector<std::string> devices_of(const State& state) {
  auto devices = state.links_up;
  for (const auto& address : state.addresses) devices.push_back(address.link);
  return devices;
}

/// What a step needs to be undone, gathered before it runs.
Result<Step> undo_of(const Step& step) {
  if (auto inverse_step = inverse(step)) return *inverse_step;
  auto snapshot = sys::snapshot_nft();
  if (!snapshot) return std::unexpected(snapshot.error());
  return RunNft{std::move(*snapshot)};
}

}  // namespace

Result<Kernel> Kernel::open() {
  auto socket = netlink::Socket::open();
  if (!socket) return std::unexpected(socket.error());
  return Kernel(std::move(*socket));
}

Result<Facts> Kernel::facts(const Config& config) {
  auto facts = netlink::observe_facts(socket_);
  if (!facts) return facts;
  for (const auto& wan : config.wans) {
    const auto link = std::ranges::find(facts->links, wan.interface, &LinkFact::name);
    if (link == facts->links.end()) continue;
    const auto value = sysctl::read(fmt::format("net/ipv6/conf/{}/accept_ra", wan.interface));
    link->accepts_ra = value && *value != "0";
  }
  return facts;
}

Result<ObservedState> Kernel::observe(const State& want) {
  auto have = netlink::observe_state(socket_, devices_of(want));
  if (!have) return have;
  std::vector<std::string> paths;
  for (const auto& [path, value] : want.sysctls) paths.push_back(path);
  auto sysctls = sysctl::observe(paths);
  if (!sysctls) return std::unexpected(sysctls.error());
  have->sysctls = std::move(*sysctls);
  auto table = sys::observe_nft();
  if (!table) return std::unexpected(table.error());
  have->nft = std::move(*table);
  return have;
}

Result<void> Kernel::run(const Step& step) {
  if (const auto* set = std::get_if<SetSysctl>(&step)) return sysctl::write(set->path, set->after);
  if (const auto* nft = std::get_if<RunNft>(&step)) return sys::run_nft(nft->script);
  return netlink::apply(socket_, step);
}

Result<void> Kernel::carry_out(const Plan& plan) {
  std::vector<Step> undo;
  for (const auto& step : plan.steps) {
    auto inverse_step = undo_of(step);
    auto done = inverse_step ? run(step) : std::unexpected(inverse_step.error());
    if (done) {
      undo.push_back(std::move(*inverse_step));
      continue;
    }
    auto error = done.error();
    for (const auto& back : std::views::reverse(undo))
      if (auto undone = run(back); !undone) error.message += "; and going back failed: " + undone.error().message;
    return std::unexpected(error);
  }
  return {};
}

}  // namespace fairlead::daemon
