#include "core/explain/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/explain/rule_run.hpp"

namespace fairlead::explain {
namespace {

/// The kernel's own limit of nested jumps (NFT_JUMP_STACK_SIZE); ours nest far less.
constexpr int deepest = 16;

}  // namespace

Walker::Walker(const nft::Table& table, const Fib& fib) : table_(table), fib_(fib) {}

const std::vector<Walker::Element>& Walker::elements(const std::string& set) {
  const auto known = parsed_.find(set);
  if (known != parsed_.end()) return known->second;
  auto& parsed = parsed_[set];
  for (const auto& [key, data] : table_.sets.at(set).elements) {
    auto ranges = ranges_of(key);
    if (!ranges) {
      problem_ = fmt::format("element {} of {} is not understood", key, set);
      continue;
    }
    parsed.push_back({*std::move(ranges), &key, &data});
  }
  return parsed;
}

void Walker::begin() {
  path_.clear();
  choice_.reset();
  source_nat_.clear();
  problem_.clear();
}

Verdict Walker::chain(const std::string& name, Packet& packet, int depth) {
  const auto found = table_.chains.find(name);
  if (found == table_.chains.end() || depth > deepest) {
    problem_ = fmt::format("there is no chain {}", name);
    return Verdict::none;
  }
  for (const auto& rule : found->second.rules) {
    const auto outcome = RuleRun(*this, packet, rule.text).run();
    if (!outcome.problem.empty()) problem_ = fmt::format("chain {}: {}: {}", name, rule.text, outcome.problem);
    if (!problem_.empty()) return Verdict::none;
    if (!outcome.matched) continue;
    path_.push_back({name, rule.text, rule.why, outcome.map, outcome.element});
    if (outcome.verdict != Verdict::none) return outcome.verdict;
    if (outcome.returns) return Verdict::none;
    if (outcome.jump.empty()) continue;
    const auto verdict = chain(outcome.jump, packet, depth + 1);
    if (verdict != Verdict::none || outcome.goes || !problem_.empty()) return verdict;
  }
  return Verdict::none;
}

Result<Verdict> Walker::walk(const std::string& name, Packet& packet) {
  const auto found = table_.chains.find(name);
  if (found == table_.chains.end()) return Verdict::accept;  // nothing of ours is there
  auto verdict = chain(name, packet, 0);
  if (!problem_.empty()) return fail(problem_);
  if (verdict == Verdict::none) verdict = found->second.hook.contains("policy drop") ? Verdict::drop : Verdict::accept;
  return verdict;
}

}  // namespace fairlead::explain
