#include "core/explain/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace fairlead::explain {
namespace {

struct Word {
  std::string_view name;
  std::uint64_t number;
};

// IANA's numbers; flags of TCP and states of conntrack as bits. An echo request has one number here in both families.
constexpr std::array words{
    Word{"icmp", 1},
    Word{"tcp", 6},
    Word{"udp", 17},
    Word{"ipv6-icmp", 58},
    Word{"vrrp", 112},
    Word{"fin", 1},
    Word{"syn", 2},
    Word{"rst", 4},
    Word{"ack", 16},
    Word{"echo-request", 8},
    Word{"nd-router-advert", 134},
    Word{"nd-neighbor-solicit", 135},
    Word{"nd-neighbor-advert", 136},
    Word{"mld-listener-query", 130},
    Word{"mld-listener-report", 131},
    Word{"mld-listener-done", 132},
    Word{"mld2-listener-report", 143},
    Word{"invalid", 1},
    Word{"established", 2},
    Word{"related", 4},
    Word{"new", 8},
    Word{"dnat", 32},
    Word{"host", 0},
    Word{"ipv4", 2},
    Word{"ipv6", 10},
    Word{"unicast", 1},
    Word{"local", 2},
};

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view word) {
  const auto* const known = std::ranges::find(words, word, &Word::name);
  if (known != words.end()) return known->number;
  const bool hex = word.starts_with("0x");
  if (hex) word.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number, hex ? 16 : 10);
  if (problem != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

bool FieldRange::contains(const Field& field) const {
  if (field.index() != first.index()) return false;
  if (const auto* address = std::get_if<IpAddress>(&field))
    if (address->family() != std::get<IpAddress>(first).family()) return false;
  return first <= field && field <= last;
}

std::optional<FieldRange> range_of(std::string_view text) {
  if (text.starts_with('"')) {
    const std::string name(text.substr(1, text.size() - 2));
    return FieldRange{name, name};
  }
  if (const auto number = number_of(text)) return FieldRange{*number, *number};
  if (const auto prefix = Prefix::parse(text)) return FieldRange{prefix->first(), prefix->last()};
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = range_of(text.substr(0, dash));
  const auto last = range_of(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return FieldRange{first->first, last->last};
}

std::optional<std::vector<FieldRange>> ranges_of(std::string_view key) {
  std::vector<FieldRange> ranges;
  constexpr std::string_view joint = " . ";
  while (true) {
    const auto end = key.find(joint);
    auto range = range_of(key.substr(0, end));
    if (!range) return std::nullopt;
    ranges.push_back(*std::move(range));
    if (end == std::string_view::npos) return ranges;
    key.remove_prefix(end + joint.size());
  }
}

bool lies_in(const Value& value, const std::vector<FieldRange>& ranges) {
  return std::ranges::equal(ranges, value,
                            [](const FieldRange& range, const Field& field) { return range.contains(field); });
}

}  // namespace fairlead::explain
