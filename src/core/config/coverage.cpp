#include "core/config/coverage.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "base/interval_index.hpp"
#include "core/config/build.hpp"

namespace fairlead::config {
namespace {

bool allows(const Listed<IpRange>& ranges, Family family) {
  return ranges.items.empty() ||
         std::ranges::any_of(ranges.items, [family](const auto& item) { return item.value.family() == family; });
}

using Ranges = std::vector<IpRange>;

/// Sorted, without overlaps and gaps of nothing, so that a range lies in the set exactly if it lies in one of these.
Ranges merged(const Listed<IpRange>& listed, const std::vector<Family>& families) {
  Ranges ranges;
  for (const auto family : families) {
    if (listed.items.empty()) ranges.push_back(IpRange::of(Prefix::everything(family)));
    for (const auto& item : listed.items)
      if (item.value.family() == family) ranges.push_back(item.value);
  }
  std::ranges::sort(ranges);
  Ranges result;
  for (const auto& range : ranges) {
    const bool joins = !result.empty() && result.back().family() == range.family() &&
                       (range.first <= result.back().last || result.back().last.next() == range.first);
    if (joins)
      result.back().last = std::max(result.back().last, range.last);
    else
      result.push_back(range);
  }
  return result;
}

using Ports = std::vector<std::pair<int, int>>;

Ports merged(const Listed<PortRange>& listed) {
  if (listed.items.empty()) return {{0, 65535}};
  Ports ports;
  for (const auto& item : listed.items) ports.emplace_back(item.value.first, item.value.last);
  std::ranges::sort(ports);
  Ports result;
  for (const auto& range : ports) {
    if (!result.empty() && range.first <= result.back().second + 1)
      result.back().second = std::max(result.back().second, range.second);
    else
      result.push_back(range);
  }
  return result;
}

bool inside(const Ranges& inner, const Ranges& outer) {
  return std::ranges::all_of(inner, [&](const IpRange& range) {
    return std::ranges::any_of(outer, [&](const IpRange& other) {
      return other.family() == range.family() && other.contains(range.first) && other.contains(range.last);
    });
  });
}

bool inside(const Ports& inner, const Ports& outer) {
  return std::ranges::all_of(inner, [&](const auto& range) {
    return std::ranges::any_of(
        outer, [&](const auto& other) { return other.first <= range.first && range.second <= other.second; });
  });
}

/// Keeps the order of addresses, but not every difference: enough to rule out most pairs at once.
std::uint64_t coarse(const IpAddress& address) {
  std::uint64_t number = 0;
  for (const auto byte : address.bytes().first(address.family() == Family::v4 ? 4 : 8)) number = number << 8U | byte;
  return address.family() == Family::v4 ? number : std::uint64_t{1} << 63U | number >> 1U;
}

struct Span {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t last = 0;

  [[nodiscard]] bool contains(const Span& other) const { return first <= other.first && other.last <= last; }
};

Span span_of(const Ranges& ranges) {
  Span span;
  for (const auto& range : ranges)
    span = {std::min(span.first, coarse(range.first)), std::max(span.last, coarse(range.last))};
  return span;
}

/// A policy as sets.
struct Box {
  std::vector<bool> lans;
  Ranges sources;
  Ranges destinations;
  std::vector<bool> protocols;
  Ports ports;

  [[nodiscard]] bool covers(const Box& other) const {
    const auto subset = [](const std::vector<bool>& inner, const std::vector<bool>& outer) {
      for (std::size_t index = 0; index < inner.size(); ++index)
        if (inner[index] && !outer[index]) return false;
      return true;
    };
    return subset(other.lans, lans) && inside(other.ports, ports) && inside(other.destinations, destinations) &&
           inside(other.sources, sources) && subset(other.protocols, protocols);
  }
};

Box box_of(const PolicyDraft& policy, const std::vector<LanDraft>& lans) {
  const auto families_left = families_of(policy);
  Box box;
  for (const auto& lan : lans) box.lans.push_back(policy.lans.items.empty() || policy.lans.has(lan.name));
  box.sources = merged(policy.sources, families_left);
  box.destinations = merged(policy.destinations, families_left);
  const auto protocols = protocols_of(policy);
  box.protocols.resize(256, protocols.empty());
  for (const auto protocol : protocols) box.protocols[protocol.number] = true;
  box.ports = merged(policy.ports);
  return box;
}

struct Outline {
  Span destinations;
  Span sources;
};

/// Finds the few policies that may cover another: those that name destinations by these, the others by sources.
class Outlines {
 public:
  void add(const Outline& outline, std::size_t item) {
    const bool names_destinations = !outline.destinations.contains(everywhere);
    const auto& span = names_destinations ? outline.destinations : outline.sources;
    (names_destinations ? by_destination_ : by_source_).add(span.first, span.last, item);
  }

  /// Those whose outline may contain this one.
  template <typename Visit>
  void visit(const Outline& outline, const Visit& visit) const {
    const auto go_on = [&](std::size_t item) {
      visit(item);
      return false;
    };
    by_destination_.any(outline.destinations.first, outline.destinations.first, go_on);
    by_source_.any(outline.sources.first, outline.sources.first, go_on);
  }

 private:
  /// Of the whole of IPv4; whatever contains it is as good as everything.
  static constexpr Span everywhere{0, std::numeric_limits<std::uint32_t>::max()};
  IntervalIndex<std::uint64_t> by_destination_;
  IntervalIndex<std::uint64_t> by_source_;
};

bool is_whole(const PolicyDraft& policy) {
  return !policy.lans.broken && !policy.sources.broken && !policy.destinations.broken && !policy.protocols.broken &&
         !policy.ports.broken && !families_of(policy).empty();
}

}  // namespace

std::vector<Family> families_of(const PolicyDraft& policy) {
  std::vector<Family> result;
  for (const auto family : families)
    if (allows(policy.sources, family) && allows(policy.destinations, family)) result.push_back(family);
  return result;
}

std::vector<std::optional<std::size_t>> covered_by(const std::vector<PolicyDraft>& policies,
                                                   const std::vector<LanDraft>& lans) {
  Outlines earlier;
  std::vector<Box> boxes;
  std::vector<std::size_t> numbers;  // of the policies that they are
  std::vector<std::optional<std::size_t>> result(policies.size());
  for (std::size_t index = 0; index < policies.size(); ++index) {
    if (!is_whole(policies[index])) continue;
    auto box = box_of(policies[index], lans);
    const Outline outline{span_of(box.destinations), span_of(box.sources)};
    earlier.visit(outline, [&](std::size_t found) {
      if (numbers[found] < result[index].value_or(index) && boxes[found].covers(box)) result[index] = numbers[found];
    });
    earlier.add(outline, boxes.size());
    boxes.push_back(std::move(box));
    numbers.push_back(index);
  }
  return result;
}

}  // namespace fairlead::config
