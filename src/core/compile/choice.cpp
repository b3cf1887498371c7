// The way to an uplink: policies first, then the balance.
#include <fmt/format.h>

#include <algorithm>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {

void add_choice(const Context& context, nft::Table& table) {
  for (const auto family : families) {
    auto& direct = add_map(table, fmt::format("direct{}", digit(family)),
                           fmt::format("type {} : verdict; flags interval;", address_type(family)),
                           "subnets that lie directly behind an uplink");
    // Of equal subnets the first one that works wins. Overlapping ones of different lengths cannot stand in one
    // interval map; the longer one is the nearer, and the rest is reached by any uplink anyway.
    std::vector<std::pair<Prefix, const Uplink*>> networks;
    for (const auto& uplink : context.uplinks)
      for (const auto& own : uplink.path(family).own)
        if (!own.is_host()) networks.emplace_back(own.network(), &uplink);
    std::ranges::stable_sort(
        networks, {}, [&](const auto& entry) { return std::pair(-entry.first.length, !entry.second->usable(family)); });
    std::vector<Prefix> taken;
    for (const auto& [network, uplink] : networks) {
      if (std::ranges::any_of(taken, [&](const Prefix& other) { return other.overlaps(network); })) continue;
      taken.push_back(network);
      direct.elements.emplace(element(network), go_to(mark_chain(uplink->id)));
    }
    if (context.config.policies.empty()) continue;
    auto& choose = table.chains[choice_chain(context.config, family)];
    add_rule(choose, fmt::format("jump policies{}", digit(family)));
    add_rule(choose, fmt::format("goto balance{}", digit(family)));
  }
}

}  // namespace fairlead::compile
