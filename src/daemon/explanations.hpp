#pragma once
// Purpose: explanations of the running router: what it compiled last, and what packets have filled in since.
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/error.hpp"
#include "core/flows/flow.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

/// {"from", "to", …} → {"explanation": {…}, "file": PATH}. Errors: what is wrong with the question.
[[nodiscard]] Result<nlohmann::json> explain(const Router& router, const nlohmann::json& request);

/// The policies that decide on these connections now.
void name_policies(const Router& router, std::vector<flows::Flow>& flows);

}  // namespace fairlead::daemon
