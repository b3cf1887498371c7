#pragma once
// Purpose: a State and a Plan as text for people and as JSON; `fairlead plan` prints them and the golden tests
// compare them.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/model/plan.hpp"
#include "core/model/state.hpp"

namespace fairlead::render {

/// Sysctls, devices, addresses, routes and rules, one a line; nft has a text of its own (nft_script.hpp).
[[nodiscard]] std::string state_text(const State& state);

[[nodiscard]] nlohmann::json state_json(const State& state);
[[nodiscard]] nlohmann::json plan_json(const Plan& plan);

}  // namespace fairlead::render
