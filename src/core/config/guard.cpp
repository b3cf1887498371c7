#include "core/config/guard.hpp"

#include <algorithm>
#include <string>

namespace fairlead::config {
namespace {

/// Reads as little of TOML's grammar as tells keys from strings and comments.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<Where> too_deep() {
    while (!text_.empty()) {
      const char character = text_.front();
      if (character == '#') {
        skip(std::min(text_.find('\n'), text_.size()));
      } else if (character == '"' || character == '\'') {
        skip(string_length(character));
      } else {
        if (character == '.') {
          if (++dots_ > deepest_key) return where_;
        } else if (std::string_view("\n,=[]{}").contains(character)) {
          dots_ = 0;
        }
        skip(1);
      }
    }
    return std::nullopt;
  }

 private:
  /// Of the string that begins here, with its quotes; an open one ends with its line or the text.
  [[nodiscard]] std::size_t string_length(char quote) const {
    const std::string fence(3, quote);
    const bool multiline = text_.starts_with(fence);
    for (std::size_t at = multiline ? 3 : 1; at < text_.size(); ++at) {
      if (text_[at] == '\\' && quote == '"') {
        ++at;
      } else if (multiline ? text_.substr(at).starts_with(fence) : text_[at] == quote) {
        return at + (multiline ? 3 : 1);
      } else if (!multiline && text_[at] == '\n') {
        return at;
      }
    }
    return text_.size();
  }

  void skip(std::size_t count) {
    for (const char character : text_.substr(0, count)) {
      if (character == '\n') where_ = {where_.line + 1, 0};
      if ((static_cast<unsigned char>(character) & 0xc0U) != 0x80) ++where_.column;
    }
    text_.remove_prefix(std::min(count, text_.size()));
  }

  std::string_view text_;
  Where where_{1, 1};
  int dots_ = 0;
};

}  // namespace

std::optional<Diagnostic> guard(std::string_view text) {
  if (text.size() > longest_file)
    return Diagnostic{Severity::error, {1, 1}, "the file is larger than 16 MiB: is it the right one?"};
  if (const auto where = Scanner(text).too_deep())
    return Diagnostic{Severity::error, *where,
                      "a key with more than " + std::to_string(deepest_key) + " dots: no key is nested that deep"};
  return std::nullopt;
}

}  // namespace fairlead::config
