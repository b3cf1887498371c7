#include "core/plan/nft_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/render/nft_script.hpp"

namespace fairlead::plan {
namespace {

using Elements = std::map<std::string, std::string>;

/// Entries of `left` that `right` has not, or has with other data.
Elements missing(const Elements& left, const Elements& right) {
  Elements result;
  for (const auto& [key, data] : left) {
    const auto found = right.find(key);
    if (found == right.end() || found->second != data) result.emplace(key, data);
  }
  return result;
}

bool names_set(const std::string& text, const std::string& set) {
  for (auto at = text.find('@' + set); at != std::string::npos; at = text.find('@' + set, at + 1)) {
    const auto end = at + 1 + set.size();
    if (end == text.size() || text[end] == ' ') return true;
  }
  return false;
}

bool names_flowtable(const std::string& text, const std::string& flowtable) {
  return text.ends_with("flow add @" + flowtable);
}

bool names_helper(const std::string& text, const std::string& helper) {
  return text.contains("ct helper set \"" + helper + '"');
}

class Script {
 public:
  Script(const nft::Table& want, const nft::ObservedTable& have) : want_(want), have_(have) { compare(); }

  /// The order in which each line finds what it needs: rules that go away first let go of sets and chains; then
  /// what is new is made; then rules and elements point to it; what nobody points to any more is deleted last.
  std::string text() const {
    std::string script;
    for (const auto& chain : rewritten_)
      if (have_.chains.contains(chain)) script += fmt::format("flush chain {} {}\n", nft::table_name, chain);
    for (const auto& name : remade_sets_) script += delete_set(name);
    for (const auto& name : remade_helpers_) script += delete_helper(name);
    for (const auto& name : remade_flowtables_) script += delete_flowtable(name);
    for (const auto& [name, helper] : want_.helpers)
      if (!have_.helpers.contains(name) || remade_helpers_.contains(name))
        script += render::nft_add_helper(name, helper);
    for (const auto& [name, flowtable] : want_.flowtables)
      if (!have_.flowtables.contains(name) || remade_flowtables_.contains(name))
        script += render::nft_add_flowtable(name, flowtable);
    for (const auto& [name, set] : want_.sets)
      if (!have_.sets.contains(name) || remade_sets_.contains(name)) script += render::nft_add_set(name, set);
    for (const auto& [name, chain] : want_.chains)
      if (!have_.chains.contains(name)) script += render::nft_add_chain(name, chain);
    script += changed_elements();
    for (const auto& [name, chain] : want_.chains)
      if (rewritten_.contains(name))
        for (const auto& rule : chain.rules) script += render::nft_add_rule(name, rule);
    return script + deletions();
  }

 private:
  void compare() {
    for (const auto& [name, helper] : want_.helpers)
      if (const auto found = have_.helpers.find(name); found != have_.helpers.end() && found->second != helper)
        remade_helpers_.insert(name);
    for (const auto& [name, flowtable] : want_.flowtables)
      if (const auto found = have_.flowtables.find(name); found != have_.flowtables.end() && found->second != flowtable)
        remade_flowtables_.insert(name);
    for (const auto& [name, set] : want_.sets) {
      const auto found = have_.sets.find(name);
      if (found != have_.sets.end() &&
          (found->second.definition != fingerprint(set) || found->second.is_map != set.is_map))
        remade_sets_.insert(name);
    }
    const auto wanted = nft::observed(want_);
    for (const auto& [name, chain] : wanted.chains) {
      const auto found = have_.chains.find(name);
      if (found == have_.chains.end() ? !chain.rules.empty() : found->second.rules != chain.rules)
        rewritten_.insert(name);
    }
    // Sets, helpers and flowtables can only be made anew while no rule uses them.
    for (const auto& [name, chain] : want_.chains)
      for (const auto& rule : chain.rules)
        if (std::ranges::any_of(remade_sets_, [&](const auto& set) { return names_set(rule.text, set); }) ||
            std::ranges::any_of(remade_helpers_, [&](const auto& helper) { return names_helper(rule.text, helper); }) ||
            std::ranges::any_of(remade_flowtables_,
                                [&](const auto& flowtable) { return names_flowtable(rule.text, flowtable); }))
          rewritten_.insert(name);
  }

  std::string changed_elements() const {
    std::string removals;
    std::string additions;
    for (const auto& [name, set] : want_.sets) {
      if (set.dynamic) continue;
      const auto found = have_.sets.find(name);
      const bool kept = found != have_.sets.end() && !remade_sets_.contains(name);
      const Elements before = kept ? found->second.elements : Elements{};
      removals += render::nft_elements("delete", name, missing(before, set.elements), false);
      additions += render::nft_elements("add", name, missing(set.elements, before), true);
    }
    return removals + additions;
  }

  std::string deletions() const {
    std::string script;
    for (const auto& [name, chain] : have_.chains)
      if (!want_.chains.contains(name)) script += fmt::format("flush chain {} {}\n", nft::table_name, name);
    for (const auto& [name, set] : have_.sets)
      if (!want_.sets.contains(name)) script += delete_set(name);
    for (const auto& [name, helper] : have_.helpers)
      if (!want_.helpers.contains(name)) script += delete_helper(name);
    for (const auto& [name, flowtable] : have_.flowtables)
      if (!want_.flowtables.contains(name)) script += delete_flowtable(name);
    for (const auto& [name, chain] : have_.chains)
      if (!want_.chains.contains(name)) script += fmt::format("delete chain {} {}\n", nft::table_name, name);
    return script;
  }

  std::string delete_set(const std::string& name) const {
    return fmt::format("delete {} {} {}\n", have_.sets.at(name).is_map ? "map" : "set", nft::table_name, name);
  }

  static std::string delete_helper(const std::string& name) {
    return fmt::format("delete ct helper {} {}\n", nft::table_name, name);
  }

  static std::string delete_flowtable(const std::string& name) {
    return fmt::format("delete flowtable {} {}\n", nft::table_name, name);
  }

  const nft::Table& want_;
  const nft::ObservedTable& have_;
  std::set<std::string> remade_sets_;
  std::set<std::string> remade_helpers_;
  std::set<std::string> remade_flowtables_;
  std::set<std::string> rewritten_;  // chains whose rules are entered anew
};

bool base_chains_differ(const nft::Table& want, const nft::ObservedTable& have) {
  return std::ranges::any_of(want.chains, [&](const auto& wanted) {
    const auto found = have.chains.find(wanted.first);
    return found != have.chains.end() && found->second.hook != wanted.second.hook;
  });
}

}  // namespace

std::string nft_difference(const nft::Table& want, const std::optional<nft::ObservedTable>& have) {
  const auto remove = fmt::format("delete table {}\n", nft::table_name);
  if (want.empty()) return have ? remove : "";
  if (!have) return render::nft_table(want);
  // A chain's hook cannot be changed in place; it only differs when another version of Fairlead made it.
  if (base_chains_differ(want, *have)) return remove + render::nft_table(want);
  return Script(want, *have).text();
}

}  // namespace fairlead::plan
