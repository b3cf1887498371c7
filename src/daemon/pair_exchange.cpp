#include "daemon/pair_exchange.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

namespace fairlead::daemon {
namespace {

constexpr auto wish_key = "wan";

}  // namespace

PairExchange::PairExchange(boost::asio::io_context& loop, Pair& pair, Router& router, HealthWatch& watch,
                           DhcpClients& dhcp, LanDhcp& lan_dhcp, Listener listener)
    : pair_(pair),
      router_(router),
      watch_(watch),
      dhcp_(dhcp),
      lan_dhcp_(lan_dhcp),
      listener_(std::move(listener)),
      affinity_(loop, [this](const nlohmann::json& document) { pair_.send(document); }) {
  lan_dhcp_.copy_to([this](const nlohmann::json& document) { pair_.send(document); });
  router_.set_shared_macs(pair_.shared_macs());
}

void PairExchange::greet() {
  lan_dhcp_.peer_connected();
  affinity_.greet();
  told_.reset();
  tell();
}

void PairExchange::tell() {
  const bool active = pair_.role() == Role::active;
  const auto& config = router_.config();
  lan_dhcp_.set_role(active);
  affinity_.follow(config.ha && config.balance.persist, active);
  if (!pair_.heard()) {
    heard_.reset();
    return;
  }
  if (heard_ && pair_.role() == Role::standby && pair_.other_is_active()) {
    adopt();
    listener_.changed();
  }
  auto state = router_.shared_state();
  state.leases = dhcp_.leases().addresses;
  const auto held = watch_.held();
  for (const auto& wan : config.wans)
    for (const auto id : router_.ids_of({wan.name}))
      if (const auto found = held.find(id); found != held.end()) state.held.emplace(wan.name, found->second);
  if (state == told_) return;
  pair_.send(to_json(state, {boot_now(), wall_now()}));
  told_ = std::move(state);
}

void PairExchange::pass_on(const nlohmann::json& wish) {
  if (pair_.other_is_active()) pair_.send({{wish_key, wish}});
}

void PairExchange::take(const nlohmann::json& document) {
  if (const auto wish = document.find(wish_key); wish != document.end()) {
    listener_.wish(*wish);
    return;
  }
  if (lan_dhcp_.take(document) || affinity_.take(document) || !pair::is_shared_state(document)) return;
  auto state = pair::shared_state_from_json(document, {boot_now(), wall_now()});
  if (!state) {
    spdlog::warn("{}", state.error().message);
    return;
  }
  pair_.settle_macs(router_.shared_state().macs, state->macs);
  router_.set_shared_macs(pair_.shared_macs());
  heard_ = std::move(*state);
  adopt();
  listener_.changed();
}

void PairExchange::adopt() {
  if (!heard_ || pair_.role() != Role::standby || !pair_.other_is_active()) return;
  if (auto adopted = router_.adopt(*heard_); !adopted) spdlog::error("{}", adopted.error().message);
  dhcp_.copy(heard_->leases);
  theirs_ = std::move(heard_);
  heard_.reset();
}

void PairExchange::take_over() {
  if (!theirs_) return;
  std::map<UplinkId, WallTime> held;
  for (const auto& [uplink, until] : theirs_->held)
    for (const auto id : router_.ids_of({uplink})) held.emplace(id, until);
  watch_.take_over(router_.ids_of(theirs_->down), held);
  static_cast<void>(router_.set_health(watch_.health()));
}

}  // namespace fairlead::daemon
