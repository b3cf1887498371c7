#include "daemon/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "sys/netlink/apply.hpp"
#include "sys/netlink/observe.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::daemon {
namespace {

std::vector<std::string> devices_of(const State& state) {
  auto devices = state.links_up;
  devices.insert(devices.end(), state.links_down.begin(), state.links_down.end());
  for (const auto& address : state.addresses) devices.push_back(address.link);
  return devices;
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
  nft_ = std::move(*table);
  if (nft_) have->nft = nft_->table;
  return have;
}

Result<void> Kernel::run(const Step& step) {
  if (const auto* set = std::get_if<SetSysctl>(&step)) return sysctl::write(set->path, set->after);
  if (const auto* nft = std::get_if<RunNft>(&step)) return sys::run_nft(nft->script);
  return netlink::apply(socket_, step);
}

Result<void> Kernel::undo(const Done& done) {
  if (const auto step = inverse(done.step)) return run(*step);
  return sys::restore_nft(done.nft_before);
}

Result<void> Kernel::undo_down_to(std::size_t count) {
  Result<void> result;
  for (; done_.size() > count; done_.pop_back())
    if (auto undone = undo(done_.back()); !undone && result) result = undone;
  return result;
}

Result<void> Kernel::carry_out(const Plan& plan) {
  const auto before = done_.size();
  for (const auto& step : plan.steps) {
    auto done = run(step);
    if (done) {
      done_.push_back({step, std::holds_alternative<RunNft>(step) ? nft_ : std::nullopt});
      continue;
    }
    auto error = done.error();
    if (auto undone = undo_down_to(before); !undone)
      error.message += "; and going back failed: " + undone.error().message;
    return std::unexpected(error);
  }
  return {};
}

}  // namespace fairlead::daemon
