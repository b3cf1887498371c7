#include "core/config/parse.hpp"

#include <fmt/format.h>

#include "core/config/build.hpp"
#include "core/config/document.hpp"
#include "core/config/report.hpp"
#include "core/config/sections.hpp"
#include "core/config/validate.hpp"

namespace fairlead::config {

Parsed parse(std::string_view text) {
  Report report;
  const auto document = read_document(text);
  if (!document) return {std::nullopt, {document.error()}};
  const auto draft = read_draft(*document, report);
  validate(draft, report);
  Parsed parsed;
  if (report.errors() == 0) parsed.config = build(draft);
  parsed.diagnostics = std::move(report).sorted();
  return parsed;
}

std::string to_text(const Diagnostic& diagnostic, std::string_view file) {
  return fmt::format("{}:{}:{}: {}: {}", file, diagnostic.where.line, diagnostic.where.column,
                     diagnostic.severity == Severity::error ? "error" : "warning", diagnostic.message);
}

}  // namespace fairlead::config
