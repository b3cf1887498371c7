// What a passage through a rule means, for people.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "core/explain/explain.hpp"

namespace fairlead::explain {
namespace {

struct Meaning {
  std::string_view chain;
  const char* text;
};

/// Chains whose first rule that matches says it all.
constexpr std::array meanings{
    Meaning{"spoofed", "dropped: the source address cannot come from there"},
    Meaning{"bogon", "dropped: the source is private or impossible ([firewall] bogons)"},
    Meaning{"refuse_lan", "refused: this LAN may not open connections to that one (key `reach`)"},
    Meaning{"refuse_forward", "refused: no [[forward]] leads from outside to a host behind the router"},
    Meaning{"refuse_input", "refused: no [[firewall.allow]] opens this port of the router"},
    Meaning{"refuse_policy", "refused: none of the policy's uplinks works, and it says otherwise = \"reject\""},
    Meaning{"hairpin_nat", "the source becomes the router's own, so that answers come back through it"},
    Meaning{"gate_forward", "dropped: the other router of the pair is active"},
    Meaning{"gate_input", "dropped: the other router of the pair is active"},
};

std::string uplinks_text(const PolicyConfig& policy) {
  if (policy.lowest_latency) return "the uplink with the lowest latency";
  if (policy.least_loaded) return "the least loaded uplink";
  return policy.balance ? "spread over " + join(policy.use, ", ") : "the first that works of " + join(policy.use, ", ");
}

}  // namespace

void Explainer::tell_passages(const std::vector<Passage>& passages, std::size_t from, Explanation& told) const {
  std::string last;
  for (std::size_t index = from; index < passages.size(); ++index) {
    const auto& passage = passages[index];
    // A chain that refuses has several rules, for its log and its answers.
    const bool again = passage.chain == last && std::ranges::find(meanings, last, &Meaning::chain) != meanings.end();
    last = passage.chain;
    if (!again) tell_passage(passage, told);
  }
}

void Explainer::tell_passage(const Passage& passage, Explanation& told) const {
  const auto say = [&](std::string what) {
    if (told.steps.empty() || told.steps.back().what != what) told.steps.push_back({std::move(what), {}});
  };
  if (compiled_.origins.policies.contains(passage.map)) {
    tell_policy(passage, told);
    return;
  }
  if (compiled_.origins.forwards.contains(passage.map)) {
    tell_forward(passage, told);
    return;
  }
  const auto* const meaning = std::ranges::find(meanings, passage.chain, &Meaning::chain);
  if (meaning != meanings.end()) {
    say(meaning->text);
    return;
  }
  if (passage.rule.starts_with("numgen") && compiled_.state.nft.sets.contains("proposed_" + passage.map))
    say("balanced by load: the uplink with the most room takes it, or of \"overflow\" the first with room; shares are "
        "by weight");
  else if (passage.rule.starts_with("numgen") || passage.rule.starts_with("jhash"))
    say(passage.rule.starts_with("numgen") ? "balanced by weight: its turn decides"
                                           : "balanced by a hash of addresses");
  else if (passage.map == "beside" || passage.map.starts_with("direct"))
    say("its destination lies directly behind an uplink, or a route of the system leads there");
  else if (passage.map.starts_with("kept"))
    say("earlier connections of these hosts keep it on their uplink ([balance] persist)");
  else if (passage.chain.starts_with("mark_"))
    say(passage.why);
  else if (passage.map == "may_open" || passage.map == "as_chosen")
    say("connections from there to there are allowed");
  else if (passage.chain == "forward_lan" && passage.rule == "accept")
    say("allowed: a route of the system leads there");
}

void Explainer::tell_policy(const Passage& passage, Explanation& told) const {
  const auto& policy = config_.policies.at(compiled_.origins.policies.at(passage.map).at(passage.element));
  told.policy = policy.name;
  told.steps.push_back({fmt::format("policy {} decides: {}", policy.name, uplinks_text(policy)), policy.where});
}

void Explainer::tell_forward(const Passage& passage, Explanation& told) const {
  const auto& forward = config_.forwards.at(compiled_.origins.forwards.at(passage.map).at(passage.element));
  told.forward = forward.name;
  told.steps.push_back({fmt::format("forward {} leads it to {}", forward.name, forward.to.to_text()), forward.where});
}

void Explainer::tell_service(const Packet& packet, Explanation& told) const {
  for (const auto& allow : config_.firewall.allow) {
    const auto wan = std::ranges::find(config_.wans, packet.input, &WanConfig::interface);
    if (wan == config_.wans.end()) break;
    if (!contains(allow.protocols, Protocol{packet.protocol})) continue;
    if (!allow.wans.empty() && !contains(allow.wans, wan->name)) continue;
    const auto has_port = [&](const PortRange& range) {
      return range.first <= packet.destination_port && packet.destination_port <= range.last;
    };
    if (!allow.ports.empty() && std::ranges::none_of(allow.ports, has_port)) continue;
    const auto has_source = [&](const IpRange& range) { return range.contains(packet.source); };
    if (!allow.sources.empty() && std::ranges::none_of(allow.sources, has_source)) continue;
    told.steps.push_back({fmt::format("{} opens this port of the router", allow.name), allow.where});
    return;
  }
  told.steps.push_back({"it is for the router itself, which takes it", {}});
}

}  // namespace fairlead::explain
