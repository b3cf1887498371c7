// What a change of the file would do.
#include "core/compile/change_effects.hpp"
#include "core/plan/difference.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

/// Events of the kernel stay unread: they are reconcile()'s to answer.
Result<Router::Preview> Router::preview(const Config& fresh, const std::optional<compile::Session>& session) {
  auto ids = ids_;
  ids.assign(fresh);
  const auto facts_before = observe_facts(*config_);
  if (!facts_before) return std::unexpected(facts_before.error());
  const auto facts = observe_facts(fresh);
  if (!facts) return std::unexpected(facts.error());
  const auto before = compiled(*config_, *facts_before, ids_);
  const auto after = compiled(fresh, *facts, ids);
  const auto want = wish_of(after);
  const auto have = kernel_.observe(want);
  if (!have) return std::unexpected(have.error());
  const compile::Side old_side{*config_, before};
  const compile::Side new_side{fresh, after};
  Preview preview{plan::difference(want, *have), after.warnings, compile::change_effects(old_side, new_side), {}};
  if (session) preview.session = compile::session_fate(*session, old_side, new_side, *facts_before);
  return preview;
}

}  // namespace fairlead::daemon
