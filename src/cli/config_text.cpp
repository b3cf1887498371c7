#include "cli/config_text.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "core/config/parse.hpp"

namespace fairlead::cli {

std::optional<Config> checked(const std::string& text, const std::string& name) {
  auto parsed = config::parse(text);
  for (const auto& diagnostic : parsed.diagnostics) fmt::print(stderr, "{}\n", config::to_text(diagnostic, name));
  return std::move(parsed.config);
}

}  // namespace fairlead::cli
