#pragma once
// Purpose: small text helpers that several layers need.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// FNV-1a, 64 bits: stable over versions and machines, used to recognize our own rules in the kernel.
[[nodiscard]] std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0);

/// The candidate that was probably meant (edit distance at most a third of its length), or "".
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// `text` (UTF-8) with its control characters, those of one byte and of two (U+0080 to U+009F), as \u00XX: safe for
/// one line of a log or a terminal.
[[nodiscard]] std::string visible(std::string_view text);
/// Its lines, without what they are indented by, one after the other.
[[nodiscard]] std::string in_one_line(std::string_view text);

}  // namespace fairlead
