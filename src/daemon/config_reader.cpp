#include "daemon/config_reader.hpp"

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "core/config/parse.hpp"

namespace fairlead::daemon {

Result<std::shared_ptr<const Config>> ConfigReader::read(const std::string& text, const std::string& file) {
  if (config_ && text == text_) return config_;
  auto parsed = config::parse(text);
  std::vector<std::string> warnings;
  std::vector<std::string> errors;
  for (const auto& diagnostic : parsed.diagnostics)
    (diagnostic.severity == config::Severity::warning ? warnings : errors).push_back(config::to_text(diagnostic, file));
  for (const auto& warning : warnings) spdlog::warn("{}", warning);
  if (!parsed.config) return fail(join(errors, "\n"));
  warnings_ = std::move(warnings);
  config_ = std::make_shared<const Config>(std::move(*parsed.config));
  text_ = text;
  return config_;
}

}  // namespace fairlead::daemon
