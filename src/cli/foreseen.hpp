#pragma once
// Purpose: what a file would make of this machine, or of the machine that a file of facts describes.
#include <memory>
#include <string>

#include "base/error.hpp"
#include "core/compile/compile.hpp"
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

}  // namespace fairlead::cli
