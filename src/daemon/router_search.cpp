#include "daemon/router_search.hpp"

#include <spdlog/spdlog.h>

#include "sys/solicit/router_solicitation.hpp"

namespace fairlead::daemon {
namespace {

constexpr auto pause = std::chrono::seconds(10);

bool waits(const compile::Uplink& uplink) {
  const auto* link = uplink.link;
  if (link == nullptr || !link->up || !link->carrier || uplink.path(Family::v6).ready) return false;
  return uplink.wan->ipv6 == Ipv6Mode::ra || (uplink.wan->ipv6 == Ipv6Mode::system && link->accepts_ra);
}

}  // namespace

void RouterSearch::ask_where_needed(const std::vector<compile::Uplink>& uplinks) {
  const auto now = Clock::now();
  for (const auto& uplink : uplinks) {
    if (!waits(uplink)) continue;
    const auto [known, is_new] = asked_.try_emplace(uplink.wan->interface, now);
    if (!is_new && now - known->second < pause) continue;
    known->second = now;
    // A device that has only just come up cannot send yet; then the kernel asks.
    if (auto asked = solicit::ask_routers(uplink.wan->interface); !asked) spdlog::debug("{}", asked.error().message);
  }
}

}  // namespace fairlead::daemon
