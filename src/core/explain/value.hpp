#pragma once
// Purpose: what nft's expressions and set elements are made of: addresses, numbers and names, alone or joined by " . ",
// and whether one lies within what an element says.
// Source: nft(8), "SETS", "MAPS", and "DATA TYPES".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ip.hpp"

namespace fairlead::explain {

using Field = std::variant<IpAddress, std::uint64_t, std::string>;
using Value = std::vector<Field>;

/// A protocol, a TCP flag, an ICMP type or a connection's state by its nft name, as a number; or a number itself.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view word);

/// The closed range that one field of an element stands for: "10.0.0.0/8", "80-90", "\"eth0\"", "0x7f000000".
/// Errors: none, where it is not understood.
struct FieldRange {
  Field first;
  Field last;
  [[nodiscard]] bool contains(const Field& field) const;
};
[[nodiscard]] std::optional<FieldRange> range_of(std::string_view text);

/// "\"eth0\" . 6 . 80-90"
[[nodiscard]] std::optional<std::vector<FieldRange>> ranges_of(std::string_view key);
[[nodiscard]] bool lies_in(const Value& value, const std::vector<FieldRange>& ranges);

}  // namespace fairlead::explain
