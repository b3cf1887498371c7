#include "core/compile/spread.hpp"

#include <fmt/format.h>

#include "core/balance/slots.hpp"
#include "core/compile/nft_builder.hpp"

namespace fairlead::compile {
namespace {

std::vector<balance::Share> shares(const std::vector<const Uplink*>& uplinks) {
  std::vector<balance::Share> result;
  for (const auto* uplink : uplinks) result.push_back({uplink->id, uplink->wan->weight});
  return result;
}

std::vector<UplinkId> slots_of(BalanceMethod method, const Spread& spread) {
  if (method == BalanceMethod::weighted_round_robin) return balance::round_robin(shares(spread.active));
  std::vector<UplinkId> active;
  for (const auto* uplink : spread.active) active.push_back(uplink->id);
  return balance::hashed(shares(spread.members), active);
}

/// The seed is fixed, so that a host keeps its uplink over restarts and on both routers of a pair.
std::string draw(BalanceMethod method, Family family, std::size_t slots) {
  const auto* ip = header(family);
  switch (method) {
    case BalanceMethod::source_hash:
      return fmt::format("jhash {} saddr mod {} seed 0x6661726c", ip, slots);
    case BalanceMethod::source_destination_hash:
      return fmt::format("jhash {0} saddr . {0} daddr mod {1} seed 0x6661726c", ip, slots);
    case BalanceMethod::weighted_round_robin:
      break;
  }
  return fmt::format("numgen inc mod {}", slots);
}

}  // namespace

void add_spread(const Context& context, nft::Table& table, const std::string& chain, const Spread& spread) {
  const auto method = context.config.balance.method;
  const auto slots = slots_of(method, spread);
  if (slots.empty()) return;
  auto& map = add_map(table, spread.name, "typeof numgen inc mod 65536 : verdict;", "shares of new connections");
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    map.elements.emplace(std::to_string(slot), spread.verdict(slots[slot]));
  add_rule(table.chains[chain], fmt::format("{} vmap @{}", draw(method, spread.family, slots.size()), spread.name));
}

}  // namespace fairlead::compile
