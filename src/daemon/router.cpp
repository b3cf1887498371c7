#include "daemon/router.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "core/compile/effects.hpp"
#include "core/compile/pair_filter.hpp"
#include "core/plan/difference.hpp"
#include "daemon/connection_fate.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/uplink_id_store.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead::daemon {
namespace {

/// Each round answers what changed during the one before; more than a few mean that somebody undoes our work.
constexpr int most_rounds = 5;

std::vector<DhcpUplink> dhcp_uplinks_of(const std::vector<compile::Uplink>& uplinks, const Health& health) {
  std::vector<DhcpUplink> found;
  for (const auto& uplink : uplinks)
    if (const render::DhcpWish wish{uplink.wan->dhcp, !uplink.wan->delegate.empty()}; wish.address || wish.prefix)
      found.push_back({uplink.wan->interface, wish, uplink.link != nullptr && !uplink.rests,
                       wish.address && uplink.path(Family::v4).ready && health.of(uplink.id).verdict == Verdict::down});
  return found;
}

/// Each time that a DHCP client of ours asks for a prefix, it turns automatic link-local addresses off (dhcpcd 9.4).
bool is_our_clients_doing(const Plan& plan) {
  return std::ranges::all_of(plan.steps, [](const Step& step) {
    const auto* sysctl = std::get_if<SetSysctl>(&step);
    return sysctl != nullptr && sysctl->path.ends_with("/addr_gen_mode");
  });
}

}  // namespace

Router::Router(Paths paths, std::string file, Journal& journal, Kernel kernel, netlink::Monitor monitor,
               SysctlMemory sysctls, UplinkIds ids, Overrides overrides)
    : paths_(std::move(paths)),
      file_(std::move(file)),
      journal_(journal),
      kernel_(std::move(kernel)),
      monitor_(std::move(monitor)),
      sysctls_(std::move(sysctls)),
      ids_(std::move(ids)),
      verdicts_(paths_.verdicts()),
      overrides_(std::move(overrides)),
      started_(wall_now()),
      snapshot_(std::make_shared<Snapshot>()) {
  for (const auto id : verdicts_.down()) health_.uplinks[id] = {Verdict::down, "it was down before the restart"};
}

Result<Router> Router::open(Paths paths, std::string file, Journal& journal) {
  auto monitor = netlink::Monitor::open();
  if (!monitor) return std::unexpected(monitor.error());
  auto kernel = Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  auto sysctls = SysctlMemory::load(paths.sysctls());
  if (!sysctls) return std::unexpected(sysctls.error());
  // A router that routes is worth more than what was lost.
  auto ids = load_uplink_ids(paths.uplinks());
  if (!ids) {
    spdlog::error("{}", ids.error().message);
    ids = UplinkIds{};
  }
  auto overrides = Overrides::load(paths.overrides());
  if (!overrides) {
    spdlog::error("{}", overrides.error().message);
    overrides = Overrides(paths.overrides());
  }
  return Router(std::move(paths), std::move(file), journal, std::move(*kernel), std::move(*monitor),
                std::move(*sysctls), std::move(*ids), std::move(*overrides));
}

Result<void> Router::load(const std::string& text) {
  const auto config = reader_.read(text, file_);
  if (!config) return std::unexpected(config.error());
  auto ids = ids_;
  ids.assign(**config);
  // On disk before the kernel carries marks with them.
  if (ids != ids_)
    if (auto saved = save_uplink_ids(paths_.uplinks(), ids); !saved) return saved;
  auto settled = settle(*config, ids);
  if (!settled) {
    auto error = settled.error();
    if (auto back = kernel_.go_back(); !back) error.message += "; and going back failed: " + back.error().message;
    return std::unexpected(error);
  }
  const auto before = std::exchange(config_, *config);
  const auto ids_before = std::exchange(ids_, std::move(ids));
  finish(std::move(*settled));
  if (before && before->router.mark_mask.bits() != config_->router.mark_mask.bits()) end_marked(*before, ids_before);
  tidy_overrides(*config_);
  return {};
}

/// Under other marks they would leave by any uplink, with the address of theirs.
void Router::end_marked(const Config& before, const UplinkIds& ids) {
  if (settled_->from.facts.role != Role::active) return;
  for (const auto& wan : before.wans)
    if (auto ended = end_connections(ids.of(wan.name), std::nullopt, Fate::reset, before.router.mark_mask, datapath());
        !ended)
      spdlog::warn("connections with marks of before hang until they time out: {}", ended.error().message);
}

void Router::set_leases(Leases leases) {
  const auto leased = [](const Leases& from, const WanConfig& wan) -> std::optional<Prefix> {
    const auto found = std::ranges::find(from.addresses, wan.interface, &Lease::link);
    return found == from.addresses.end() ? std::nullopt : std::optional(found->address);
  };
  if (config_)
    for (const auto& wan : config_->wans) {
      const auto fresh = leased(leases, wan);
      const auto id = ids_.of(wan.name);
      const bool here = !config_->ha || role_ == Role::active;
      if (here && fresh && fresh != leased(leases_, wan) && health_.of(id).verdict != Verdict::down)
        health_.uplinks[id].unproven.at(static_cast<std::size_t>(Family::v4)) = true;
    }
  leases_ = std::move(leases);
}

pair::SharedState Router::shared_state() const { return {ids_, own_macs_, {}, overrides_.to_json(), found_down_, {}}; }

std::set<UplinkId> Router::ids_of(const std::set<std::string>& uplinks) const {
  std::set<UplinkId> ids;
  for (const auto& wan : config_->wans)
    if (uplinks.contains(wan.name)) ids.insert(ids_.of(wan.name));
  return ids;
}

/// Marks of connections that come from the other router carry its ids.
Result<void> Router::adopt(const pair::SharedState& state) {
  auto ids = state.ids;
  ids.assign(*config_);
  if (ids != ids_) {
    if (auto saved = save_uplink_ids(paths_.uplinks(), ids); !saved) return saved;
    ids_ = std::move(ids);
  }
  return overrides_.replace(state.overrides);
}

bool Router::set_health(Health health) {
  if (health == health_) return false;
  health_ = std::move(health);
  if (auto kept = verdicts_.remember(health_); !kept) spdlog::warn("{}", kept.error().message);
  return true;
}

void Router::tidy_overrides(const Config& config) {
  if (auto tidied = overrides_.tidy(config, wall_now()); !tidied) spdlog::warn("{}", tidied.error().message);
}

Result<void> Router::override_uplink(const std::string& name, std::optional<Override> wanted) {
  if (std::ranges::find(config_->wans, name, &WanConfig::name) == config_->wans.end()) {
    std::vector<std::string> names;
    for (const auto& wan : config_->wans) names.push_back(wan.name);
    return fail(fmt::format("there is no uplink {}; there are: {}", name, join(names, ", ")));
  }
  return overrides_.set(name, wanted);
}

bool Router::wants_latency() const { return std::ranges::any_of(config_->policies, &PolicyConfig::lowest_latency); }

std::optional<std::chrono::milliseconds> Router::due_in() const {
  using std::chrono::milliseconds;
  std::optional<milliseconds> due;
  // Rounded up, so that it is over when the time comes.
  if (const auto next = failbacks_.next()) due = std::chrono::ceil<milliseconds>(*next - Failbacks::Time::clock::now());
  if (const auto next = overrides_.next()) due = std::min(due.value_or(milliseconds::max()), *next - wall_now());
  return due ? std::optional(std::max(*due, milliseconds(0))) : std::nullopt;
}

Result<netlink::Changes> Router::drain() {
  auto changes = monitor_.read();
  if (auto* programs = datapath(); programs != nullptr && (!changes || changes->any())) programs->forget();
  return changes;
}

Result<void> Router::reconcile() {
  tidy_overrides(*config_);
  auto settled = settle(config_, ids_);
  if (!settled) {
    note_failure(in_one_line(settled.error().message));
    return std::unexpected(settled.error());
  }
  finish(std::move(*settled));
  return {};
}

Result<Facts> Router::observe_facts(const Config& config) {
  auto facts = kernel_.facts(config);
  if (!facts) return facts;
  facts->leases = leases_.addresses;
  facts->delegated = leases_.prefixes;
  facts->dhcp_problems = leases_.problems;
  facts->shared_macs = shared_macs_;
  if (config.ha) facts->role = role_.value_or(has_pair_addresses(config, *facts) ? Role::active : Role::standby);
  return facts;
}

Result<Router::Settled> Router::compile(const std::shared_ptr<const Config>& config, const UplinkIds& ids) {
  auto facts = observe_facts(*config);
  if (!facts) return std::unexpected(facts.error());
  auto health = overrides_.over(health_, *config, ids);
  return compilations_.of({config, std::move(*facts), std::move(health), ids, awaits_role_}, settled_);
}

State Router::wish_of(const compile::Compiled& compiled) const {
  auto want = compiled.state;
  for (const auto& [path, value] : sysctls_.before()) want.sysctls.emplace(path, value);
  return want;
}

Result<Router::Settled> Router::settle(const std::shared_ptr<const Config>& config, const UplinkIds& ids) {
  kernel_.begin();
  for (int round = 0; round < most_rounds; ++round) {
    // What is read below is newer than every event drained here, so none is lost and our own wake nobody.
    if (auto drained = drain(); !drained) return std::unexpected(drained.error());
    const auto settled = compile(config, ids);
    if (!settled) return settled;
    const auto& compiled = (*settled)->compiled;
    const auto want = wish_of(compiled);
    const auto have = kernel_.observe(want);
    if (!have) return std::unexpected(have.error());
    const auto plan = plan::difference(want, *have);
    if (plan.empty()) return settled;
    if (auto noted = sysctls_.remember(plan); !noted) return std::unexpected(noted.error());
    if (auto done = kernel_.carry_out(plan); !done) return std::unexpected(done.error());
    tell_changes(plan);
    ++changes_;
    // In a later round the same wish may also be a cable's that came back meanwhile; that is nobody's doing.
    if (round == 0 && settled_ && compiled.state == settled_->compiled.state && !is_our_clients_doing(plan)) ++repairs_;
  }
  return fail("the kernel does not stay as it was set: another program seems to change the same things");
}

Result<std::vector<std::string>> Router::differences() {
  const auto now = compile(config_, ids_);
  if (!now) return std::unexpected(now.error());
  const auto want = wish_of((*now)->compiled);
  const auto have = kernel_.observe(want);
  if (!have) return std::unexpected(have.error());
  std::vector<std::string> steps;
  for (const auto& step : plan::difference(want, *have).steps) steps.push_back(to_text(step));
  return steps;
}

void Router::open_pair_gate() {
  // Where it fails reconcile() does the same, and says why.
  if (auto opened = sys::run_nft(compile::pair_gate_opening()); !opened) spdlog::debug("{}", opened.error().message);
}

void Router::tell_changes(const Plan& plan) {
  for (const auto& step : plan.steps) spdlog::debug("{}", to_text(step));
  spdlog::info("changed the kernel in {} steps", plan.steps.size());
}

void Router::note_failure(const std::string& why) {
  const char* effect = "the kernel stays as it was; tried again every second";
  if (last_error_ != why)
    journal_.tell({{}, "kernel", "", last_error_.empty() ? "settled" : "failed", "failed", why, effect});
  journal_.set_conditions("kernel", {{"apply-failed", "kernel", {}, why, effect}});
  last_error_ = why;
  auto told = std::make_shared<Snapshot>(*snapshot_);
  told->last_error = last_error_;
  snapshot_ = std::move(told);
}

void Router::note_success() {
  if (!last_error_.empty()) journal_.tell({{}, "kernel", "", "failed", "settled", "", ""});
  journal_.set_conditions("kernel", {});
  last_error_.clear();
}

void Router::finish(Settled fresh) {
  note_success();
  settled_ = std::move(fresh);
  const auto& settled = *settled_;
  if (auto forgotten = sysctls_.forget_all_but(settled.compiled.state.sysctls); !forgotten)
    spdlog::warn("{}", forgotten.error().message);
  const auto news = history_.update(settled.compiled.uplinks, wall_now());
  for (const auto& event : news.events) journal_.tell(event);
  journal_.set_conditions("uplinks", compile::uplink_conditions(settled.compiled.uplinks));
  // Connections are the active router's to end; conntrackd tells the other one.
  if (settled.from.facts.role == Role::active && !moves_to_other(settled.compiled.uplinks)) {
    end_lost_connections(news.lost);
    end_relieved_connections();
  }
  probed_ = probed(*config_, settled.compiled.uplinks);
  router_search_.ask_where_needed(settled.compiled.uplinks);
  dhcp_ = dhcp_uplinks_of(settled.compiled.uplinks, health_);
  dhcp_servers_ = settled.compiled.dhcp;
  advertisements_ = settled.compiled.advertisements;
  note_for_the_other();
  publish();
}

/// An uplink whose link is down here may be fine at the other router.
void Router::note_for_the_other() {
  const auto& [from, compiled] = *settled_;
  found_down_.clear();
  for (const auto& uplink : compiled.uplinks)
    if ((uplink.path(Family::v4).ready || uplink.path(Family::v6).ready) &&
        health_.of(uplink.id).verdict == Verdict::down)
      found_down_.insert(uplink.wan->name);
  own_macs_.clear();
  for (const auto& wan : config_->wans)
    if (const auto* lower = wan.shared_on.empty() ? nullptr : from.facts.link(wan.shared_on))
      own_macs_.emplace(wan.shared_on, shared_mac_of(lower->mac));
  pair_news_ = news_for_pair(*config_, from.facts, compiled.uplinks);
}

bool Router::moves_to_other(const std::vector<compile::Uplink>& uplinks) const {
  return other_takes_over_ && std::ranges::none_of(uplinks, [](const compile::Uplink& uplink) {
           return uplink.usable(Family::v4) || uplink.usable(Family::v6);
         });
}

void Router::end_lost_connections(const std::vector<UplinkHistory::Lost>& lost) {
  const auto& uplinks = settled_->compiled.uplinks;
  for (const auto& [id, family] : lost) {
    const auto uplink = std::ranges::find(uplinks, id, &compile::Uplink::id);
    const auto fate = uplink == uplinks.end() ? Fate::forget : uplink->wan->health.connections;
    if (auto ended = end_connections(id, family, fate, config_->router.mark_mask, datapath()); !ended)
      spdlog::warn("connections of the lost uplink hang until they time out: {}", ended.error().message);
  }
}

void Router::end_relieved_connections() {
  const auto& uplinks = settled_->compiled.uplinks;
  for (const auto id : failbacks_.update(uplinks, Failbacks::Time::clock::now())) {
    const auto uplink = std::ranges::find(uplinks, id, &compile::Uplink::id);
    const auto ended = end_connections(id, std::nullopt, Fate::reset, config_->router.mark_mask, datapath());
    const auto state = to_text(uplink->verdict);
    journal_.tell({{},
                   "uplink",
                   uplink->wan->name,
                   state,
                   state,
                   "a better tier is back",
                   ended ? "its connections are reset" : "its connections stay: " + ended.error().message});
  }
}

void Router::publish() {
  auto told = std::make_shared<Snapshot>(make_snapshot(*config_, settled_->from.facts, settled_->compiled, history_));
  std::array<char, 256> host{};
  if (told->name.empty() && ::gethostname(host.data(), host.size() - 1) == 0) told->name = host.data();
  told->file = file_;
  told->started = started_;
  told->changes = changes_;
  told->repairs = repairs_;
  told->last_error = last_error_;
  for (const auto& event : lan_history_.update(told->lans, wall_now())) journal_.tell(event);
  journal_.set_conditions("lans", lan_conditions(told->lans));
  snapshot_ = std::move(told);
}

}  // namespace fairlead::daemon
