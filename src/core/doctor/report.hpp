#pragma once
// Purpose: what `fairlead doctor` found, as one list: what is well, what is not, and what helps.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/condition.hpp"
#include "core/model/snapshot.hpp"

namespace fairlead::doctor {

struct Finding {
  enum class Level : std::uint8_t { good, warning, problem };
  Level level = Level::good;
  std::string what;
  std::string remedy;  ///< empty: none is needed, or known
};

/// What a condition says, as a finding.
[[nodiscard]] Finding finding(const Condition& condition);
/// Steps that would bring the kernel to what is wanted; none is good.
[[nodiscard]] Finding kernel_finding(const std::vector<std::string>& differences);
/// Of a router that runs; `differences` as above.
[[nodiscard]] std::vector<Finding> findings(const Snapshot& told, const std::vector<std::string>& differences);

/// The worst first.
[[nodiscard]] std::string to_text(std::vector<Finding> findings);
[[nodiscard]] nlohmann::json to_json(const std::vector<Finding>& findings);
[[nodiscard]] Result<std::vector<Finding>> findings_from_json(const nlohmann::json& json);

}  // namespace fairlead::doctor
