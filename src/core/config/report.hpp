#pragma once
// Purpose: where readers and checks put what they find, so that all of it is told in one go.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/config/parse.hpp"

namespace fairlead::config {

class Report {
 public:
  void error(const Where& where, std::string message) { add(Severity::error, where, std::move(message)); }
  void warning(const Where& where, std::string message) { add(Severity::warning, where, std::move(message)); }
  void add(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error) ++errors_;
    diagnostics_.push_back(std::move(diagnostic));
  }
  [[nodiscard]] int errors() const { return errors_; }

  [[nodiscard]] std::vector<Diagnostic> sorted() && {
    std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
      return std::tie(diagnostic.where.line, diagnostic.where.column);
    });
    return std::move(diagnostics_);
  }

 private:
  void add(Severity severity, const Where& where, std::string message) {
    add(Diagnostic{severity, where, std::move(message)});
  }

  std::vector<Diagnostic> diagnostics_;
  int errors_ = 0;
};

}  // namespace fairlead::config
