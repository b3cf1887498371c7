#pragma once
// Purpose: the types of values, each with its check, its complaint and its description for the reference.
// A type has read(), which returns nothing after it complained, and type(), Markdown.
// Values of networks are in values_net.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "core/config/schema.hpp"

namespace fairlead::config {

/// Calls `take` with the value, or with each of a list.
template <typename Take>
void for_each_value(const Node& node, const Take& take) {
  if (const auto* list = node.as<List>())
    std::ranges::for_each(*list, take);
  else
    take(node);
}

/// A table whose keys are the user's own words. `read_entry(entry, values)` adds what it has read; none where there was
/// any complaint.
template <typename T, typename ReadEntry>
[[nodiscard]] std::optional<std::vector<T>> read_entries(const Node& node, const Field& field,
                                                         const ReadEntry& read_entry) {
  const auto* table = node.as<Table>();
  if (table == nullptr) {
    field.wrong_kind(node, "a table");
    return std::nullopt;
  }
  const int before = field.report.errors();
  std::vector<T> values;
  for (const auto& entry : *table) read_entry(entry, values);
  return field.report.errors() == before ? std::optional(std::move(values)) : std::nullopt;
}

struct Boolean {
  static std::string type() { return "`true` or `false`"; }
  static std::optional<bool> read(const Node& node, const Field& field);
};

/// `text` after a complaint where it is not a string.
[[nodiscard]] const std::string* string_of(const Node& node, const Field& field,
                                           std::string_view expected = "a string");

[[nodiscard]] std::optional<std::int64_t> integer_between(const Node& node, const Field& field, std::int64_t lowest,
                                                          std::int64_t highest);

template <int Lowest, int Highest>
struct Integer {
  static std::string type() { return fmt::format("integer, {} to {}", Lowest, Highest); }
  static std::optional<int> read(const Node& node, const Field& field) {
    const auto number = integer_between(node, field, Lowest, Highest);
    if (!number) return std::nullopt;
    return static_cast<int>(*number);
  }
};

[[nodiscard]] std::optional<Duration> duration_between(const Node& node, const Field& field, Duration lowest,
                                                       Duration highest);

/// Limits are in milliseconds.
template <std::int64_t Lowest, std::int64_t Highest>
struct DurationOf {
  static std::string type() {
    return fmt::format("duration, {} to {}", fairlead::to_text(Duration(Lowest)), fairlead::to_text(Duration(Highest)));
  }
  static std::optional<Duration> read(const Node& node, const Field& field) {
    return duration_between(node, field, Duration(Lowest), Duration(Highest));
  }
};
inline constexpr std::int64_t second = 1000;
inline constexpr std::int64_t minute = 60 * second;
inline constexpr std::int64_t hour = 60 * minute;
inline constexpr std::int64_t day = 24 * hour;

/// One word of several that a key takes.
template <typename T>
struct Choice {
  std::string_view word;
  T value{};
  std::string_view later{};  ///< not empty: not available yet, and this is what to do until then
};

/// Complains that the word is none of `words`, with the one that was probably meant.
void not_a_choice(const Node& node, const Field& field, std::span<const std::string_view> words);
/// "`a`, `b` or `c`".
[[nodiscard]] std::string listed(std::span<const std::string_view> words);

template <const auto& Choices>
struct OneOf {
  /// The words that are available, or those that are not yet.
  static std::vector<std::string_view> words(bool available) {
    std::vector<std::string_view> result;
    for (const auto& choice : Choices)
      if (choice.later.empty() == available) result.push_back(choice.word);
    return result;
  }
  static std::string type() {
    const auto later = words(false);
    return listed(words(true)) + (later.empty() ? "" : fmt::format(" (not available yet: {})", listed(later)));
  }
  static auto read(const Node& node, const Field& field) -> std::optional<decltype(Choices[0].value)> {
    const auto* text = string_of(node, field);
    if (text == nullptr) return std::nullopt;
    for (const auto& choice : Choices) {
      if (choice.word != *text) continue;
      if (choice.later.empty()) return choice.value;
      field.not_available(node, choice.later);
      return std::nullopt;
    }
    not_a_choice(node, field, words(true));
    return std::nullopt;
  }
};

struct Rate {
  static std::string type() { return "rate: a number and `/second`, `/minute`, `/hour` or `/day`"; }
  static std::optional<EventRate> read(const Node& node, const Field& field);
};

struct BitrateValue {
  static std::string type() { return "bit rate: a number and `bit`, `kbit`, `mbit` or `gbit`"; }
  static std::optional<Bitrate> read(const Node& node, const Field& field);
};

/// 1 to 64 characters that are safe in logs and in the kernel's comments.
struct Label {
  static std::string type() { return "text, up to 64 characters"; }
  static std::optional<std::string> read(const Node& node, const Field& field);
};

/// A name of a LAN or an uplink, or of this router: letters, digits, "_" and "-" (the router's also ".").
[[nodiscard]] bool is_section_name(std::string_view text);
struct SectionName {
  static std::string type() { return "name"; }
  static std::optional<std::string> read(const Node& node, const Field& field);
};
struct RouterName {
  static std::string type() { return "name"; }
  static std::optional<std::string> read(const Node& node, const Field& field);
};

struct Path {
  static std::string type() { return "absolute path"; }
  static std::optional<std::string> read(const Node& node, const Field& field);
};

/// "0x7f000000" or an integer.
struct MaskValue {
  static std::string type() { return "32-bit mask, as text `\"0x…\"` or an integer"; }
  static std::optional<std::uint32_t> read(const Node& node, const Field& field);
};

struct Percent {
  static std::string type() { return "percentage, `\"1%\"` to `\"100%\"`"; }
  static std::optional<int> read(const Node& node, const Field& field);
};

}  // namespace fairlead::config
