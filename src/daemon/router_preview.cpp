// What a change of the file would do.
#include "core/compile/change_effects.hpp"
#include "core/plan/difference.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

/// Events of the kernel stay unread: they are reconcile()'s to answer.
Result<Router::Preview> Router::preview(const std::string& text, const std::string& file,
                                        const std::optional<compile::Session>& session) {
  const auto fresh = reader_.read(text, file);
  if (!fresh) return std::unexpected(fresh.error());
  auto ids = ids_;
  ids.assign(**fresh);
  const auto before = compile(config_, ids_);
  if (!before) return std::unexpected(before.error());
  const auto after = compile(*fresh, ids);
  if (!after) return std::unexpected(after.error());
  const auto& compiled = (*after)->compiled;
  const auto want = wish_of(compiled);
  const auto have = kernel_.observe(want);
  if (!have) return std::unexpected(have.error());
  const compile::Side old_side{*config_, (*before)->compiled};
  const compile::Side new_side{**fresh, compiled};
  Preview preview{plan::difference(want, *have),
                  compiled.warnings,
                  reader_.warnings(),
                  compile::change_effects(old_side, new_side),
                  {}};
  if (session) preview.session = compile::session_fate(*session, old_side, new_side, (*before)->from.facts);
  return preview;
}

}  // namespace fairlead::daemon
