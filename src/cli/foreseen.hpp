#pragma once
// Purpose: what a file would make of this machine, or of the machine that a file of facts describes.
#include <memory>
#include <string>

#include "base/error.hpp"
#include "core/compile/compile.hpp"
#include "core/model/plan.hpp"
#include "daemon/paths.hpp"

namespace fairlead::cli {

/// `compiled` points into `facts` and the configuration.
struct Foreseen {
  Facts facts;
  compile::Compiled compiled;
};

/// `facts_file` empty: the machine's facts are read; no root is needed for it.
[[nodiscard]] Result<std::unique_ptr<Foreseen>> foresee(const Config& config, const std::string& facts_file,
                                                        const daemon::Paths& paths);

/// The steps from the kernel of this machine, as it is, to `want`; root is needed for it.
[[nodiscard]] Result<Plan> steps_to(const State& want);
/// What stands for no step.
inline constexpr const char* nothing_to_do = "nothing to do in the kernel\n";

}  // namespace fairlead::cli
