#include "daemon/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/ranges.hpp"
#include "core/compile/compile.hpp"
#include "sys/netlink/apply.hpp"
#include "sys/netlink/observe.hpp"
#include "sys/nft/features.hpp"
#include "sys/nft/flow_carrier.hpp"
#include "sys/nft/generation.hpp"
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
  note_programs(config, *facts);
  note_flow_carriers(config, *facts);
  return facts;
}

void Kernel::note_flow_carriers(const Config& config, Facts& facts) {
  if (config.router.offload != Offload::flowtable) return;
  const auto is_ours = [&](const LinkFact& link) {
    return contains(config.lans | std::views::transform(&LanConfig::interface), link.name) ||
           contains(config.wans | std::views::transform(&WanConfig::interface), link.name);
  };
  for (auto& link : facts.links) {
    if (!is_ours(link)) continue;
    const auto [known, is_new] = carries_flows_.try_emplace(link.index.value);
    if (is_new) known->second = sys::carries_flows(link.name);
    link.carries_flows = known->second;
  }
}

void Kernel::note_programs(const Config& config, Facts& facts) {
  const auto offload = config.router.offload;
  const bool wanted = offload == Offload::automatic || offload == Offload::ebpf || compile::chooses_by_load(config);
  if (!wanted && !datapath_) return;
  if (!datapath_) datapath_ = bpf::Datapath::open();
  facts.runs_programs = datapath_->has_value();
  if (!*datapath_) facts.programs_problem = datapath_->error().message;
}

Result<void> Kernel::set_door(const SetDoor& step) {
  if (!step.after) return bpf::close_door(step.before->link);
  // What an earlier run has left cannot be put back, only taken away.
  if (step.after->outdated) return bpf::close_door(step.after->link);
  return datapath()->open_door(*step.after);
}

Result<ObservedState> Kernel::observe(const State& want) {
  auto have = netlink::observe_state(socket_, devices_of(want));
  if (!have) return have;
  std::vector<std::string> paths;
  for (const auto& [path, value] : want.sysctls) paths.push_back(path);
  auto sysctls = sysctl::observe(paths);
  if (!sysctls) return std::unexpected(sysctls.error());
  have->sysctls = std::move(*sysctls);
  if (auto read = read_nft(); !read) return std::unexpected(read.error());
  if (nft_) have->nft = nft_->table;
  if (want.datapath && !datapath_) datapath_ = bpf::Datapath::open();
  if (auto* programs = datapath()) have->datapath = programs->state();
  have->doors = datapath() != nullptr ? datapath()->doors() : bpf::observe_doors();
  return have;
}

Result<void> Kernel::read_nft() {
  const auto before = sys::nft_generation();
  if (before && nft_generation_ == *before) return {};
  nft_generation_.reset();
  auto table = sys::observe_nft();
  if (!table) return std::unexpected(table.error());
  nft_ = std::move(*table);
  // A device that goes leaves a flowtable without a new generation.
  const bool tells_all = !nft_ || nft_->table.flowtables.empty();
  if (const auto after = sys::nft_generation(); tells_all && before && after && *before == *after)
    nft_generation_ = *after;
  return {};
}

Result<void> Kernel::run(const Step& step) {
  if (const auto* set = std::get_if<SetSysctl>(&step)) return sysctl::write(set->path, set->after);
  if (const auto* nft = std::get_if<RunNft>(&step)) return sys::run_nft(nft->script);
  if (const auto* set = std::get_if<SetDatapath>(&step)) return datapath()->set(set->after);
  if (const auto* door = std::get_if<SetDoor>(&step)) return set_door(*door);
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

Result<void> Kernel::can_carry_out(const Plan& plan) {
  for (const auto& step : plan.steps)
    if (const auto* nft = std::get_if<RunNft>(&step))
      if (const auto missing = sys::missing_features(nft->script); !missing.empty()) return fail(sys::to_text(missing));
  return {};
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
  if (auto* programs = datapath()) programs->forget();
  return {};
}

}  // namespace fairlead::daemon
