#pragma once
// Purpose: where readers and checks put what they find, so that all of it is told in one go.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "core/config/parse.hpp"

namespace fairlead::config {

class Report {
 public:
  void error(const Where& where, const std::string& message) { add(Severity::error, where, message); }
  void warning(const Where& where, const std::string& message) { add(Severity::warning, where, message); }
  [[nodiscard]] int errors() const { return errors_; }

  [[nodiscard]] std::vector<Diagnostic> sorted() && {
    std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
      return std::tie(diagnostic.where.line, diagnostic.where.column);
    });
    return std::move(diagnostics_);
  }

 private:
  // Messages quote the file, whose bytes must not reach a terminal as they are.
  void add(Severity severity, const Where& where, const std::string& message) {
    if (severity == Severity::error) ++errors_;
    diagnostics_.push_back({severity, where, visible(message)});
  }

  std::vector<Diagnostic> diagnostics_;
  int errors_ = 0;
};

}  // namespace fairlead::config
