// Purpose: any bytes as a configuration file; the answer must be consistent in itself.
// Run with tests/fuzz/run.
// Sources: base core/config
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/config/parse.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fairlead::config::Severity;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = fairlead::config::parse(text);
  bool error = false;
  int line = 0;
  for (const auto& diagnostic : parsed.diagnostics) {
    error = error || diagnostic.severity == Severity::error;
    require(diagnostic.where.line >= line && diagnostic.where.line >= 1 && diagnostic.where.column >= 1);
    line = diagnostic.where.line;
    const auto told = to_text(diagnostic, "f");
    require(!std::string_view(told).contains('\n') && !std::string_view(told).contains('\0'));
  }
  require(parsed.config.has_value() != error);
  if (parsed.config) require(!parsed.config->lans.empty() && !parsed.config->wans.empty());
  return 0;
}
