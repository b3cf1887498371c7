#include "core/explain/fib.hpp"

#include <algorithm>

namespace fairlead::explain {
namespace {

constexpr TableId main_table{254};
constexpr std::uint32_t main_priority = 32766;
constexpr int longest_with_broadcast = 30;

RuleState main_rule(Family family) {
  RuleState rule;
  rule.family = family;
  rule.priority = main_priority;
  rule.table = main_table;
  return rule;
}

}  // namespace

Fib::Fib(const State& state, const Facts& facts) : rules_(state.rules) {
  for (const auto family : families) rules_.push_back(main_rule(family));
  std::ranges::stable_sort(rules_, {}, &RuleState::priority);
  for (const auto& route : state.routes)
    tables_[route.table].push_back({route.destination, route.metric, route.nexthops});
  for (const auto& route : facts.routes)
    tables_[main_table].push_back({route.destination,
                                   route.metric,
                                   {{.link = route.link, .gateway = route.gateway, .weight = 1, .onlink = false}}});
  const auto add_own = [this](const Prefix& own) {
    local_.push_back(own.address);
    if (own.family() == Family::v4 && own.length <= longest_with_broadcast) broadcasts_.push_back(own.last());
  };
  for (const auto& address : facts.addresses) add_own(address.address);
  for (const auto& address : state.addresses) add_own(address.address);
  std::ranges::sort(local_);
  std::ranges::sort(broadcasts_);
}

bool Fib::is_local(const IpAddress& address) const {
  static const auto loopback = *Prefix::parse("127.0.0.0/8");
  return std::ranges::binary_search(local_, address) || loopback.contains(address);
}

bool Fib::is_for_many(const IpAddress& address) const {
  static const auto everyone = *IpAddress::parse("255.255.255.255");
  return address.is_multicast() || address == everyone || std::ranges::binary_search(broadcasts_, address);
}

bool Fib::applies(const RuleState& rule, const Flow& flow) {
  if (rule.family != flow.destination.family()) return false;
  if (rule.mark && ((*rule.mark ^ flow.mark) & rule.mark_mask) != 0) return false;
  if (!rule.output_link.empty() && rule.output_link != flow.output) return false;
  return !rule.source || (flow.source && rule.source->contains(*flow.source));
}

const Fib::Entry* Fib::best(TableId table, const IpAddress& destination) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return nullptr;
  const Entry* best = nullptr;
  for (const auto& entry : found->second) {
    if (!entry.destination.contains(destination)) continue;
    if (best == nullptr || entry.destination.length > best->destination.length ||
        (entry.destination.length == best->destination.length && entry.metric < best->metric))
      best = &entry;
  }
  return best;
}

std::optional<Route> Fib::lookup(const Flow& flow) const {
  if (is_local(flow.destination)) return Route{Route::Kind::local, {}, {}};
  std::uint32_t from = 0;
  for (const auto& rule : rules_) {
    if (rule.priority < from || !applies(rule, flow)) continue;
    if (rule.go_to) {
      from = *rule.go_to;
      continue;
    }
    const auto* entry = best(*rule.table, flow.destination);
    if (entry == nullptr || (rule.suppress_default && entry->destination.length == 0)) continue;
    if (entry->nexthops.empty()) return Route{Route::Kind::unreachable, {}, *rule.table};
    return Route{Route::Kind::unicast, entry->nexthops, *rule.table};
  }
  return std::nullopt;
}

}  // namespace fairlead::explain
