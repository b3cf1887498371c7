// The routing rules. The kernel walks them one after the other for every packet, so a list of one rule an uplink
// would make each packet dearer with every uplink. Marks are therefore found through a tree of goto rules that
// split on one bit of the id each (FRA_GOTO, ip-rule(8)): 64 uplinks cost a packet about as much as 3 do.
#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <span>

#include "base/ranges.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

constexpr std::uint32_t near_priority = ours::rule_first;  // + id
constexpr std::uint32_t main_priority = ours::rule_first + 130;
constexpr std::uint32_t unmarked_priority = ours::rule_first + 132;
constexpr std::uint32_t tree_priority = ours::rule_first + 133;
constexpr std::uint32_t bound_priority = ours::rule_first + 300;   // + id
constexpr std::uint32_t source_priority = ours::rule_first + 500;  // + id
constexpr std::uint32_t balance_priority = ours::rule_first + 900;
constexpr std::size_t leaf_size = 4;

RuleState rule(Family family, std::uint32_t priority) {
  RuleState state;
  state.family = family;
  state.priority = priority;
  return state;
}

/// A rule for what carries exactly this value in the mark's bits.
RuleState marked(Family family, std::uint32_t priority, const MarkMask& mask, std::uint32_t value) {
  auto state = rule(family, priority);
  state.mark = value;
  state.mark_mask = mask.bits();
  return state;
}

class MarkTree {
 public:
  MarkTree(Family family, const MarkMask& mask, std::vector<RuleState>& rules)
      : family_(family), mask_(mask), rules_(rules) {}

  /// `ids` is sorted. What has another mark than these, or "undecided", finds no way out: it never leaks to another
  /// uplink.
  void add_all(std::span<const UplinkId> ids) {
    add(ids);
    auto rest = rule(family_, priority_);
    rest.table = undecided_table();
    rules_.push_back(rest);
  }

 private:
  void add(std::span<const UplinkId> ids) {
    if (ids.size() <= leaf_size) {
      for (const auto id : ids) add_leaf(id);
      return;
    }
    const auto differing = static_cast<unsigned>(ids.front().value ^ ids.back().value);
    const auto bit = static_cast<std::uint8_t>(std::bit_floor(differing));
    const auto upper = std::ranges::find_if(ids, [&](UplinkId id) { return (id.value & bit) != 0; });
    const auto split = rules_.size();
    auto go = rule(family_, priority_++);
    go.mark = go.mark_mask = mask_.value(UplinkId{bit});
    rules_.push_back(go);
    add({ids.begin(), upper});
    rules_[split].go_to = priority_;
    add({upper, ids.end()});
  }

  void add_leaf(UplinkId id) {
    auto leaf = marked(family_, priority_++, mask_, mask_.value(id));
    leaf.table = table_of(id);
    rules_.push_back(leaf);
  }

  Family family_;
  const MarkMask& mask_;
  std::vector<RuleState>& rules_;
  std::uint32_t priority_ = tree_priority;
};

void add_unmarked_jump(Family family, const MarkMask& mask, UplinkId first, std::vector<RuleState>& rules) {
  auto jump = marked(family, unmarked_priority, mask, 0);
  jump.go_to = bound_priority + first.value;
  rules.push_back(jump);
}

/// Main knows one of several equal subnets only, so what belongs to a connection with a neighbour on another one
/// looks at that uplink's own subnet first. Only these uplinks have such a rule: every packet walks past it.
void add_near_subnets(const Context& context, Family family, std::vector<RuleState>& rules) {
  const auto& mask = context.config.router.mark_mask;
  for (const auto& uplink : context.uplinks) {
    if (!shares_subnet(uplink, context.uplinks, family)) continue;
    auto near = marked(family, near_priority + uplink.id.value, mask, mask.value(uplink.id));
    near.table = table_of(uplink.id);
    near.suppress_default = true;
    rules.push_back(near);
  }
}

/// Addresses that exactly one uplink has and no LAN: only they say by which uplink a packet must leave.
std::map<IpAddress, UplinkId> telling_addresses(const Context& context, Family family) {
  std::map<IpAddress, int> uses;
  std::map<IpAddress, UplinkId> owner;
  for (const auto& uplink : context.uplinks) {
    std::set<IpAddress> addresses;  // one may be there with two prefix lengths
    for (const auto& own : uplink.path(family).own) addresses.insert(own.address);
    for (const auto& address : addresses) {
      ++uses[address];
      owner[address] = uplink.id;
    }
  }
  for (const auto& lan : context.config.lans)
    for (const auto& own : router_addresses(context.config, lan, context.facts, family)) ++uses[own.address];
  std::erase_if(owner, [&](const auto& entry) { return uses.at(entry.first) > 1; });
  return owner;
}

}  // namespace

void add_rules(const Context& context, State& state) {
  const auto& mask = context.config.router.mark_mask;
  std::vector<UplinkId> ids;
  for (const auto& uplink : context.uplinks) ids.push_back(uplink.id);
  for (const auto family : families) {
    add_near_subnets(context, family, state.rules);
    auto connected = rule(family, main_priority);
    connected.table = TableId{254};
    connected.suppress_default = true;
    state.rules.push_back(connected);
    if (!ids.empty()) add_unmarked_jump(family, mask, ids.front(), state.rules);
    MarkTree(family, mask, state.rules).add_all(ids);
    for (const auto& uplink : context.uplinks) {
      auto bound = rule(family, bound_priority + uplink.id.value);
      bound.output_link = uplink.wan->interface;
      bound.table = table_of(uplink.id);
      state.rules.push_back(bound);
    }
    for (const auto& [address, id] : telling_addresses(context, family)) {
      auto from = rule(family, source_priority + id.value);
      from.source = Prefix::host(address);
      from.table = table_of(id);
      state.rules.push_back(from);
    }
    auto balance = rule(family, balance_priority);
    balance.table = balance_table();
    state.rules.push_back(balance);
  }
  make_set(state.rules);
}

}  // namespace fairlead::compile
