#pragma once
// Purpose: the file's text becomes a Config, or a list of everything that is wrong with it. Pure: reads no file
// and asks no kernel. Any bytes are accepted; nothing is thrown.
// Syntax: TOML 1.0. Of syntax errors only the first is told, because what follows one cannot be read.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/config.hpp"

namespace fairlead::config {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  Where where;
  std::string message;  ///< "what is wrong, the value: what to do"
  bool operator==(const Diagnostic&) const = default;
};

struct Parsed {
  std::optional<Config> config;         ///< only where no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  ///< sorted by place
};

[[nodiscard]] Parsed parse(std::string_view text);

/// "FILE:LINE:COLUMN: error: MESSAGE"; columns count characters, not bytes.
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic, std::string_view file);

}  // namespace fairlead::config
