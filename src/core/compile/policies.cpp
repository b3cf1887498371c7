#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"
#include "core/compile/policy_layers.hpp"
#include "core/compile/spread.hpp"

namespace fairlead::compile {
namespace {

/// One family's view of the policies: turns them into boxes, and boxes into nft elements.
class PolicySpace {
 public:
  PolicySpace(const Context& context, Family family) : context_(context), family_(family) {}

  /// None where the policy names addresses, but none of this family.
  [[nodiscard]] std::optional<PolicyBoxes> boxes(std::size_t index) const {
    const auto& policy = context_.config.policies[index];
    PolicyBoxes result;
    result.policy = index;
    result.boxes = {everything()};
    std::vector<Interval> protocols;
    for (const auto protocol : policy.protocols) protocols.push_back({protocol.number, protocol.number});
    std::vector<Interval> ports;
    for (const auto& port : policy.ports) ports.push_back({port.first, port.last});
    if (!policy.lans.empty()) restrict(result, Field::device, distinct(devices(policy.lans)));
    if (!policy.sources.empty()) restrict(result, Field::source, merged(addresses(policy.sources)));
    if (!policy.destinations.empty()) restrict(result, Field::destination, merged(addresses(policy.destinations)));
    if (!policy.protocols.empty()) restrict(result, Field::protocol, distinct(std::move(protocols)));
    if (!policy.ports.empty()) restrict(result, Field::port, merged(std::move(ports)));
    if (result.boxes.empty()) return std::nullopt;
    return result;
  }

  [[nodiscard]] std::string key_expression(Shape shape) const {
    const std::array<std::string, field_count> texts{"iifname", fmt::format("{} saddr", header(family_)),
                                                     fmt::format("{} daddr", header(family_)), "meta l4proto",
                                                     "th dport"};
    return joined(shape, [&](Field field) { return texts.at(static_cast<std::size_t>(field)); });
  }

  [[nodiscard]] std::string key_type(Shape shape) const {
    const std::array<const char*, field_count> types{"ifname", address_type(family_), address_type(family_),
                                                     "inet_proto", "inet_service"};
    return joined(shape, [&](Field field) { return types.at(static_cast<std::size_t>(field)); });
  }

  [[nodiscard]] std::string key(const Box& box, Shape shape) const {
    return joined(shape, [&](Field field) { return side_text(field, box.side(field)); });
  }

 private:
  [[nodiscard]] Box everything() const {
    const auto range = IpRange::of(Prefix::everything(family_));
    Box whole;
    whole.side(Field::device) = {0, 0xffff};
    whole.side(Field::source) = {coordinate(range.first), coordinate(range.last)};
    whole.side(Field::destination) = whole.side(Field::source);
    whole.side(Field::protocol) = {0, 0xff};
    whole.side(Field::port) = {0, 0xffff};
    return whole;
  }

  [[nodiscard]] std::vector<Interval> devices(const std::vector<std::string>& lans) const {
    std::vector<Interval> result;
    for (const auto& name : lans) {
      const auto& all = context_.config.lans;
      const auto index = static_cast<Coordinate>(std::ranges::find(all, name, &LanConfig::name) - all.begin());
      result.push_back({index, index});
    }
    return result;
  }

  [[nodiscard]] std::vector<Interval> addresses(const std::vector<IpRange>& ranges) const {
    std::vector<Interval> result;
    for (const auto& range : ranges)
      if (range.family() == family_) result.push_back({coordinate(range.first), coordinate(range.last)});
    return result;
  }

  /// Each box once with each of the sides; none is left where there are no sides.
  static void restrict(PolicyBoxes& policy, Field field, const std::vector<Interval>& sides) {
    policy.shape = static_cast<Shape>(policy.shape | shape_bit(field));
    std::vector<Box> product;
    for (const auto& box : policy.boxes)
      for (const auto& side : sides) {
        product.push_back(box);
        product.back().side(field) = side;
      }
    policy.boxes = std::move(product);
  }

  /// For devices and protocols, which are names, not numbers: neighbours must not be joined to a range.
  static std::vector<Interval> distinct(std::vector<Interval> sides) {
    std::ranges::sort(sides, {}, &Interval::first);
    const auto doubles = std::ranges::unique(sides);
    sides.erase(doubles.begin(), doubles.end());
    return sides;
  }

  template <typename Text>
  [[nodiscard]] static std::string joined(Shape shape, Text text) {
    std::vector<std::string> parts;
    for (std::size_t index = 0; index < field_count; ++index)
      if ((shape >> index & 1U) != 0) parts.push_back(text(static_cast<Field>(index)));
    return join(parts, " . ");
  }

  [[nodiscard]] std::string side_text(Field field, const Interval& side) const {
    const auto number = [](Coordinate value) { return std::to_string(static_cast<std::uint64_t>(value)); };
    switch (field) {
      case Field::device:
        return quoted(context_.config.lans.at(static_cast<std::size_t>(side.first)).interface);
      case Field::source:
      case Field::destination:
        return IpRange{address_at(family_, side.first), address_at(family_, side.last)}.to_text();
      case Field::protocol:
      case Field::port:
        break;
    }
    return side.first == side.last ? number(side.first) : number(side.first) + "-" + number(side.last);
  }

  const Context& context_;
  Family family_;
};

std::string pick_chain(const Context& context, Family family, const PolicyConfig& policy) {
  const auto* otherwise = policy.otherwise == Otherwise::any ? "any" : "reject";
  if (policy.lowest_latency) return fmt::format("quickest{}_else_{}", digit(family), otherwise);
  if (policy.least_loaded) return fmt::format("idlest{}_else_{}", digit(family), otherwise);
  std::vector<std::string> ids;
  for (const auto* uplink : context.uplinks_named(policy.use)) ids.push_back(std::to_string(uplink->id.value));
  return fmt::format("{}{}_{}_else_{}", policy.balance ? "spread" : "prefer", digit(family), join(ids, "_"), otherwise);
}

/// Those that a policy may use now, the preferred first.
std::vector<const Uplink*> candidates(const Context& context, Family family, const PolicyConfig& policy) {
  if (policy.lowest_latency) {
    auto active = active_uplinks(context.uplinks, family);
    std::ranges::stable_sort(active, {}, [&](const Uplink* uplink) {
      return std::ranges::find(context.by_latency, uplink->id) - context.by_latency.begin();
    });
    return active;
  }
  if (policy.least_loaded) return active_uplinks(context.uplinks, family);
  std::vector<const Uplink*> active;
  for (const auto wanted : {Verdict::up, Verdict::degraded})
    if (active.empty() || !policy.balance)
      for (const auto* uplink : context.uplinks_named(policy.use))
        if (uplink->usable(family) && uplink->verdict == wanted) active.push_back(uplink);
  // With `otherwise` the balance knows more uplinks, and falls back on those that are held by itself.
  if (active.empty() && policy.otherwise != Otherwise::any)
    for (const auto* uplink : context.uplinks_named(policy.use))
      if (uplink->usable(family) && uplink->verdict == Verdict::held) active.push_back(uplink);
  return active;
}

/// Policies that want the same share one chain; a change of health changes the chain, not its policies.
void add_pick_chain(const Context& context, nft::Table& table, Family family, const PolicyConfig& policy,
                    const std::string& name) {
  if (table.chains.contains(name)) return;
  auto& chain = table.chains[name];
  const auto active = candidates(context, family, policy);
  const auto mark = [](UplinkId id) { return go_to(mark_chain(id)); };
  if (policy.least_loaded)
    add_spread(context, table, name, {BalanceMethod::least_loaded, "slots_" + name, family, active, active, mark});
  else if (policy.balance && !policy.lowest_latency)
    add_spread(
        context, table, name,
        {context.config.balance.method, "slots_" + name, family, context.uplinks_named(policy.use), active, mark});
  else if (!active.empty())
    add_rule(chain, go_to(mark_chain(active.front()->id)));
  if (active.empty())
    add_rule(chain, go_to(policy.otherwise == Otherwise::any ? fmt::format("balance{}", digit(family))
                                                             : std::string("refuse_policy")));
}

void add_policies_of(const Context& context, nft::Table& table, Family family, ElementOrigins& origins) {
  const auto& policies = context.config.policies;
  const PolicySpace space(context, family);
  std::vector<PolicyBoxes> boxes;
  std::vector<std::string> picks;  // by action: the chain that policies with it lead to
  std::map<std::string, std::size_t> actions;
  for (std::size_t index = 0; index < policies.size(); ++index)
    if (auto policy = space.boxes(index)) {
      const auto [action, is_new] = actions.emplace(pick_chain(context, family, policies[index]), actions.size());
      if (is_new) picks.push_back(action->first);
      policy->action = action->second;
      boxes.push_back(std::move(*policy));
    }
  const auto lead_on = [&](const LayerEntry& entry) {
    add_pick_chain(context, table, family, policies[entry.policy], picks[entry.action]);
    return go_to(picks[entry.action]);
  };

  auto& chain = table.chains[fmt::format("policies{}", digit(family))];
  std::size_t number = 0;
  for (const auto& layer : build_layers(boxes)) {
    const auto name = fmt::format("policy{}_{}", digit(family), ++number);
    if (layer.shape == 0) {  // a policy without conditions: it decides for all that come here; a map, to be counted
      const auto& entry = layer.entries.front();
      auto& map =
          add_map(table, name, "type inet_proto : verdict; flags interval; counter;", "the policy without conditions");
      map.elements.emplace("0-255", lead_on(entry));
      origins[name].emplace("0-255", entry.policy);
      add_rule(chain, fmt::format("meta l4proto vmap @{}", name));
      break;
    }
    auto& map = add_map(table, name,
                        fmt::format("type {} : verdict;{} counter;", space.key_type(layer.shape),
                                    layer.exact ? "" : " flags interval;"),
                        "policies that name the same fields");
    for (const auto& entry : layer.entries) {
      const auto key = space.key(entry.box, layer.shape);
      map.elements.emplace(key, lead_on(entry));
      origins[name].emplace(key, entry.policy);
    }
    add_rule(chain, fmt::format("{} vmap @{}", space.key_expression(layer.shape), name));
  }
}

}  // namespace

void add_policies(const Context& context, nft::Table& table, ElementOrigins& origins) {
  if (context.config.policies.empty()) return;
  auto& refuse = table.chains["refuse_policy"];
  add_rule(refuse, "meta l4proto tcp reject with tcp reset");
  add_rule(refuse, "reject with icmpx admin-prohibited");
  for (const auto family : families) add_policies_of(context, table, family, origins);
}

}  // namespace fairlead::compile
