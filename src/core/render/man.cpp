#include "core/render/man.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace fairlead::render {
namespace {

/// One character of text as roff wants it. A hyphen in code is a minus, so that it can be copied.
std::string escaped(char character, bool code) {
  if (character == '\\') return "\\e";
  if (character == '-' && code) return "\\-";
  if (character == '\'' && code) return "\\(aq";
  if (character == '`' && code) return "\\(ga";
  if (character == '^') return "\\(ha";
  if (character == '~') return "\\(ti";
  return {character};
}

std::string escaped(std::string_view text, bool code) {
  std::string result;
  for (const char character : text) result += escaped(character, code);
  return result;
}

/// What stands inside a line.
class Inline {
 public:
  explicit Inline(std::string_view text) : text_(text) {}

  std::string roff() {
    while (!text_.empty())
      if (!code() && !span("**", "\\fB") && !span("*", "\\fI") && !link()) plain();
    return std::move(result_);
  }

 private:
  bool code() {
    if (!text_.starts_with('`')) return false;
    const auto end = text_.find('`', 1);
    if (end == std::string_view::npos) return false;
    result_ += "\\fB" + escaped(text_.substr(1, end - 1), true) + "\\fR";
    text_.remove_prefix(end + 1);
    return true;
  }

  bool span(std::string_view fence, const char* font) {
    if (!text_.starts_with(fence)) return false;
    const auto end = text_.find(fence, fence.size());
    if (end == std::string_view::npos || end == fence.size()) return false;
    result_ += font + Inline(text_.substr(fence.size(), end - fence.size())).roff() + "\\fR";
    text_.remove_prefix(end + fence.size());
    return true;
  }

  bool link() {
    const auto middle = text_.find("](");
    const auto end = text_.find(')', middle);
    if (!text_.starts_with('[') || middle == std::string_view::npos || end == std::string_view::npos ||
        text_.substr(1, middle - 1).contains('['))
      return false;
    result_ += Inline(text_.substr(1, middle - 1)).roff();
    const auto target = text_.substr(middle + 2, end - middle - 2);
    if (target.starts_with("http")) result_ += fmt::format(" <{}>", escaped(target, true));
    text_.remove_prefix(end + 1);
    return true;
  }

  void plain() {
    if (text_.starts_with("\\") && text_.size() > 1) text_.remove_prefix(1);  // the next one is meant as it is
    result_ += escaped(text_.front(), false);
    text_.remove_prefix(1);
  }

  std::string_view text_;
  std::string result_;
};

std::string inline_roff(std::string_view text) {
  auto result = Inline(text).roff();
  // A line that begins with one of these would be an instruction.
  if (result.starts_with('.') || result.starts_with('\'')) result.insert(0, "\\&");
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> cells_of(std::string_view row) {
  row = trimmed(row);
  row.remove_prefix(1);
  std::vector<std::string> cells(1);
  for (std::size_t at = 0; at < row.size(); ++at) {
    if (row[at] == '\\' && at + 1 < row.size() && row[at + 1] == '|') {
      cells.back() += row[++at];
    } else if (row[at] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += row[at];
    }
  }
  cells.pop_back();  // what follows the last bar
  for (auto& cell : cells) cell = trimmed(cell);
  return cells;
}

class Writer {
 public:
  std::string write(std::string_view markdown) {
    for (const auto line : split(markdown, '\n')) take(line);
    end_paragraph();
    return std::move(result_);
  }

 private:
  void take(std::string_view line) {
    if (line.starts_with("```")) {
      fence();
    } else if (fenced_) {
      const auto text = escaped(line, true);
      result_ += (text.starts_with('.') || text.starts_with('\'') ? "\\&" : "") + text + "\n";
    } else if (line.empty()) {
      end_paragraph();
    } else if (line.starts_with('#')) {
      heading(line);
    } else if (line.starts_with('|')) {
      table_row(line);
    } else if (line.starts_with("- ")) {
      end_paragraph();
      result_ += ".IP \\(bu 2\n";
      begun_ = true;
      paragraph_ = line.substr(2);
    } else {
      paragraph_ += (paragraph_.empty() ? "" : " ") + std::string(trimmed(line));
    }
  }

  void end_paragraph() {
    header_.clear();
    if (paragraph_.empty()) return;
    if (!begun_) result_ += ".PP\n";
    result_ += inline_roff(paragraph_) + "\n";
    paragraph_.clear();
    begun_ = false;
  }

  void fence() {
    if (!fenced_) end_paragraph();
    result_ += fenced_ ? ".EE\n.RE\n" : ".PP\n.RS 4\n.EX\n";
    fenced_ = !fenced_;
  }

  void heading(std::string_view line) {
    end_paragraph();
    const auto level = line.find_first_not_of('#');
    const auto text = inline_roff(trimmed(line.substr(level)));
    if (level == 1) return;
    result_ += fmt::format("{} {}\n", level == 2 ? ".SH" : ".SS", '"' + text + '"');
    begun_ = true;  // a section begins a paragraph
  }

  /// An entry for each row: its first cell, then the others with their headings; where a table has none, without.
  void table_row(std::string_view line) {
    if (header_.empty()) end_paragraph();
    const auto cells = cells_of(line);
    begun_ = false;
    if (header_.empty()) {
      header_ = cells;
      return;
    }
    if (line.starts_with("|-")) return;
    result_ += fmt::format(".TP\n{}\n", inline_roff(cells.front()));
    std::string body;
    for (std::size_t at = 1; at < cells.size(); ++at) {
      if (cells[at].empty()) continue;
      const auto& name = at < header_.size() ? header_[at] : "";
      body += inline_roff(name.empty() ? cells[at] : name + ": " + cells[at]) + "\n.br\n";
    }
    result_ += body.empty() ? "\\&\n" : body.substr(0, body.size() - 4);
  }

  std::string result_;
  std::string paragraph_;
  std::vector<std::string> header_;  // of the table under way
  bool begun_ = false;               // the paragraph under way has its instruction
  bool fenced_ = false;
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  });
  return result;
}

}  // namespace

std::string man_page(const ManPage& page) {
  return fmt::format(".TH {} {} \"\" \"fairlead {}\" \"Fairlead\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n{}",
                     upper(page.name), page.section, page.version, escaped(page.name, false), escaped(page.what, false),
                     Writer().write(page.text));
}

}  // namespace fairlead::render
