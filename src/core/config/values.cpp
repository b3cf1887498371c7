#include "core/config/values.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.hpp"
#include "core/model/config.hpp"

namespace fairlead::config {
namespace {

bool is_word(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.contains(c);
  });
}

/// Digits only, no sign.
template <typename Number>
std::optional<Number> whole(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

const std::string* string_of(const Node& node, const Field& field, std::string_view expected) {
  const auto* text = node.as<std::string>();
  if (text == nullptr) field.wrong_kind(node, expected);
  return text;
}

std::optional<bool> Boolean::read(const Node& node, const Field& field) {
  if (const auto* truth = node.as<bool>()) return *truth;
  field.wrong_kind(node, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> integer_between(const Node& node, const Field& field, std::int64_t lowest,
                                            std::int64_t highest) {
  const auto* number = node.as<std::int64_t>();
  if (number == nullptr) {
    field.wrong_kind(node, "an integer");
    return std::nullopt;
  }
  if (*number >= lowest && *number <= highest) return *number;
  field.wrong(node, "is out of range", fmt::format("use {} to {}", lowest, highest));
  return std::nullopt;
}

std::optional<Duration> duration_between(const Node& node, const Field& field, Duration lowest, Duration highest) {
  const auto* text = string_of(node, field, "a duration");
  if (text == nullptr) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (!duration) {
    field.wrong(node, "is not a duration",
                fmt::format("write a whole number and ms, s, m, h or d, for example {}", field.key.example));
    return std::nullopt;
  }
  if (*duration >= lowest && *duration <= highest) return duration;
  field.wrong(node, "is out of range",
              fmt::format("use {} to {}", fairlead::to_text(lowest), fairlead::to_text(highest)));
  return std::nullopt;
}

void not_a_choice(const Node& node, const Field& field, std::span<const std::string_view> words) {
  std::string_view meant;
  if (const auto* text = node.as<std::string>()) meant = nearest(*text, words);
  const auto choices = fmt::format("use one of {}", fmt::join(words, ", "));
  field.wrong(node, "is unknown", meant.empty() ? choices : fmt::format("did you mean {}? ({})", meant, choices));
}

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += index + 1 == words.size() ? " or " : ", ";
    text += fmt::format("`\"{}\"`", words[index]);
  }
  return text;
}

std::optional<EventRate> Rate::read(const Node& node, const Field& field) {
  constexpr std::uint32_t highest = 1'000'000;
  const auto* text = string_of(node, field, "a rate");
  if (text == nullptr) return std::nullopt;
  const auto rate = EventRate::parse(*text);
  if (rate && rate->count <= highest) return rate;
  field.wrong(node, rate ? "is out of range" : "is not a rate",
              fmt::format("write a number from 1 to {} and /second, /minute, /hour or /day, for example {}", highest,
                          field.key.example));
  return std::nullopt;
}

std::optional<Bitrate> BitrateValue::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "a bit rate");
  if (text == nullptr) return std::nullopt;
  const auto rate = Bitrate::parse(*text);
  if (!rate)
    field.wrong(node, "is not a bit rate",
                "write a number and bit, kbit, mbit or gbit, from 1bit to 1000000gbit, for example \"50mbit\"");
  return rate;
}

std::optional<std::string> Label::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field);
  if (text == nullptr) return std::nullopt;
  const bool safe = std::ranges::none_of(
      *text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\'; });
  if (safe && !text->empty() && text->size() <= 64) return *text;
  field.wrong(node, "cannot be a name", "use 1 to 64 characters without quotes, backslashes and control characters");
  return std::nullopt;
}

bool is_section_name(std::string_view text) { return !text.empty() && text.size() <= 32 && is_word(text, "_-"); }

std::optional<std::string> SectionName::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "a name");
  if (text == nullptr) return std::nullopt;
  if (is_section_name(*text)) return *text;
  field.wrong(node, "cannot be a name", "names have 1 to 32 letters, digits, _ or -");
  return std::nullopt;
}

std::optional<std::string> RouterName::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "a name");
  if (text == nullptr) return std::nullopt;
  if (!text->empty() && text->size() <= 64 && is_word(*text, "_-.")) return *text;
  field.wrong(node, "cannot be a name", "use 1 to 64 letters, digits, _, - or .");
  return std::nullopt;
}

std::optional<std::string> Path::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "a path");
  if (text == nullptr) return std::nullopt;
  if (text->starts_with('/') && text->size() < 4096 && !text->contains('\0')) return *text;
  field.wrong(node, "is not an absolute path", "begin it with /");
  return std::nullopt;
}

std::optional<std::uint32_t> MaskValue::read(const Node& node, const Field& field) {
  std::optional<std::uint32_t> bits;
  if (const auto* number = node.as<std::int64_t>()) {
    if (*number >= 0 && *number <= std::numeric_limits<std::uint32_t>::max())
      bits = static_cast<std::uint32_t>(*number);
  } else {
    const auto* text = string_of(node, field, "a mask");
    if (text == nullptr) return std::nullopt;
    bits = text->starts_with("0x") ? whole<std::uint32_t>(text->substr(2), 16) : whole<std::uint32_t>(*text);
  }
  constexpr std::string_view remedy = "write it like \"0x7f000000\", one row of bits without a gap";
  if (!bits)
    field.wrong(node, "is not a mask of 32 bits", remedy);
  else if (*bits == 0)
    field.wrong(node, "has no bit set", remedy);
  else if (!MarkMask(*bits).contiguous())
    field.wrong(node, "is not contiguous", remedy);
  else
    return bits;
  return std::nullopt;
}

std::optional<int> Percent::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "a percentage");
  if (text == nullptr) return std::nullopt;
  const auto number =
      text->ends_with('%') ? whole<int>(std::string_view(*text).substr(0, text->size() - 1)) : std::optional<int>{};
  if (number && *number >= 1 && *number <= 100) return number;
  field.wrong(node, number ? "is out of range" : "is not a percentage", "write \"1%\" to \"100%\"");
  return std::nullopt;
}

}  // namespace fairlead::config
