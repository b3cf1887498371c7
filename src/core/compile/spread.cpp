#include "core/compile/spread.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  if (method == BalanceMethod::weighted_round_robin || is_by_load(method))
    return balance::round_robin(shares(spread.active));
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
    case BalanceMethod::least_loaded:
    case BalanceMethod::overflow:
      break;
  }
  return fmt::format("numgen inc mod {}", slots);
}

/// A byte of the packet's priority, in nft's words for a class of traffic: two halves, in hexadecimal.
std::string priority(std::size_t place, unsigned value) {
  const unsigned half = value << 8U * (place % 2);
  return place < 2 ? fmt::format("0:{:x}", half) : fmt::format("{:x}:0", half);
}

/// Takes the word of the program at the door. Without one, or if it proposes none of these, the slots decide.
void add_proposal(const Context& context, nft::Table& table, const std::string& chain, const Spread& spread) {
  if (!is_by_load(spread.method) || !context.facts.runs_programs) return;
  Choice choice{spread.method == BalanceMethod::overflow, {}};
  auto order = spread.active;
  std::ranges::sort(order, {}, &Uplink::wan);  // the file's
  for (const auto* uplink : order) choice.members.push_back(uplink->id);
  const auto place = context.proposed.place_of(spread.family, std::move(choice));
  if (!place) return;
  const auto name = "proposed_" + spread.name;
  auto& map = add_map(table, name, "typeof meta priority : verdict;", "what the program at the door proposes");
  for (const auto* uplink : spread.active)
    map.elements.emplace(priority(*place, uplink->id.value), spread.verdict(uplink->id));
  add_rule(table.chains[chain], fmt::format("meta priority & {} vmap @{}", priority(*place, 0xff), name));
}

}  // namespace

std::optional<std::size_t> ProposedChoices::place_of(Family family, Choice choice) {
  auto& places = choices_.at(static_cast<std::size_t>(family));
  const auto found = std::ranges::find(places, choice);
  if (found == places.end() && places.size() == most_choices) return std::nullopt;
  const auto place = found - places.begin();
  if (found == places.end()) places.push_back(std::move(choice));
  return static_cast<std::size_t>(place);
}

void add_spread(const Context& context, nft::Table& table, const std::string& chain, const Spread& spread) {
  const auto method = spread.method;
  const auto slots = slots_of(method, spread);
  if (slots.empty()) return;
  add_proposal(context, table, chain, spread);
  auto& map = add_map(table, spread.name, "typeof numgen inc mod 65536 : verdict;", "shares of new connections");
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    map.elements.emplace(std::to_string(slot), spread.verdict(slots[slot]));
  add_rule(table.chains[chain], fmt::format("{} vmap @{}", draw(method, spread.family, slots.size()), spread.name));
}

}  // namespace fairlead::compile
