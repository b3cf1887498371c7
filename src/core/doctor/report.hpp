#pragma once
// Purpose: what `fairlead doctor` found, as one list: what is well, what is not, and what helps.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/model/condition.hpp"

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

/// The worst first.
[[nodiscard]] std::string to_text(std::vector<Finding> findings);
[[nodiscard]] nlohmann::json to_json(const std::vector<Finding>& findings);

}  // namespace fairlead::doctor
