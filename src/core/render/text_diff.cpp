#include "core/render/text_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace fairlead::render {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t context_lines = 3;
constexpr std::size_t most_cells = std::size_t{4} << 20U;  // of 4 bytes

Lines lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

/// What both have at their beginning and end is looked at once; the rest by the longest common subsequence.
class Comparison {
 public:
  Comparison(Lines before, Lines after) : before_(std::move(before)), after_(std::move(after)) {}

  std::vector<DiffLine> lines() {
    const auto shorter = std::min(before_.size(), after_.size());
    std::size_t head = 0;
    while (head < shorter && before_[head] == after_[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && before_[before_.size() - 1 - tail] == after_[after_.size() - 1 - tail]) ++tail;
    for (std::size_t i = 0; i < head; ++i) add(' ', before_[i]);
    middle(head, before_.size() - tail, head, after_.size() - tail);
    for (auto i = before_.size() - tail; i < before_.size(); ++i) add(' ', before_[i]);
    return std::move(result_);
  }

 private:
  void add(char kind, std::string_view text) { result_.push_back({kind, std::string(text)}); }

  void middle(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end) {
    const auto rows = left_end - left;
    const auto columns = right_end - right;
    if ((rows + 1) * (columns + 1) <= most_cells) {
      // common[i][j]: how many lines the rests from i and j have in common.
      std::vector<std::uint32_t> common((rows + 1) * (columns + 1), 0);
      const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return common[i * (columns + 1) + j]; };
      for (auto i = rows; i-- > 0;)
        for (auto j = columns; j-- > 0;)
          at(i, j) =
              before_[left + i] == after_[right + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      std::size_t i = 0;
      std::size_t j = 0;
      while (i < rows && j < columns) {
        if (before_[left + i] == after_[right + j]) {
          add(' ', before_[left + i++]);
          ++j;
        } else if (at(i + 1, j) >= at(i, j + 1)) {
          add('-', before_[left + i++]);
        } else {
          add('+', after_[right + j++]);
        }
      }
      left += i;
      right += j;
    }
    for (; left < left_end; ++left) add('-', before_[left]);
    for (; right < right_end; ++right) add('+', after_[right]);
  }

  Lines before_;
  Lines after_;
  std::vector<DiffLine> result_;
};

struct Hunk {
  std::size_t first = 0;
  std::size_t end = 0;
};

std::vector<Hunk> hunks_of(const std::vector<DiffLine>& lines) {
  std::vector<Hunk> hunks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind == ' ') continue;
    const auto first = i < context_lines ? 0 : i - context_lines;
    const auto end = std::min(i + context_lines + 1, lines.size());
    if (!hunks.empty() && first <= hunks.back().end)
      hunks.back().end = end;
    else
      hunks.push_back({first, end});
  }
  return hunks;
}

/// Tabs stay, so that patch(1) understands it.
std::string printable(const std::string& line) {
  std::vector<std::string> parts;
  for (const auto part : split(line, '\t')) parts.push_back(visible(part));
  return join(parts, "\t");
}

/// As diff(1) counts: a side without lines begins at the line before.
std::string range_text(std::size_t lines_before, std::size_t count) {
  const auto first = count == 0 ? lines_before : lines_before + 1;
  return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

}  // namespace

std::vector<DiffLine> line_differences(std::string_view before, std::string_view after) {
  return Comparison(lines_of(before), lines_of(after)).lines();
}

std::string unified_diff(const std::vector<DiffLine>& lines, std::string_view before, std::string_view after) {
  std::string text;
  std::size_t at = 0;
  std::size_t left = 0;
  std::size_t right = 0;
  for (const auto& hunk : hunks_of(lines)) {
    if (text.empty()) text = fmt::format("--- {}\n+++ {}\n", before, after);
    for (; at < hunk.first; ++at) {
      ++left;
      ++right;
    }
    const auto of_side = [&](char other) {
      return static_cast<std::size_t>(std::count_if(lines.begin() + static_cast<std::ptrdiff_t>(hunk.first),
                                                    lines.begin() + static_cast<std::ptrdiff_t>(hunk.end),
                                                    [other](const DiffLine& line) { return line.kind != other; }));
    };
    const auto removed = of_side('+');
    const auto added = of_side('-');
    text += fmt::format("@@ -{} +{} @@\n", range_text(left, removed), range_text(right, added));
    for (; at < hunk.end; ++at) text += fmt::format("{}{}\n", lines[at].kind, printable(lines[at].text));
    left += removed;
    right += added;
  }
  return text;
}

}  // namespace fairlead::render
