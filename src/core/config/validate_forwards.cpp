#include <fmt/format.h>

#include <algorithm>

#include "core/config/build.hpp"
#include "core/config/validate.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

constexpr int longest_shift = 1024;  // ports of a moved range; each is a map element of its own

bool is_whole(const ForwardDraft& forward) {
  return forward.port.value && forward.to.value && !forward.protocols.broken && !forward.wans.broken;
}

void check_shift(const ForwardDraft& forward, Report& report) {
  if (!forward.port.value || !forward.to.value || !forward.to.value->port) return;
  const auto& range = *forward.port.value;
  const int first = *forward.to.value->port;
  const int last = first + range.size() - 1;
  if (last > 65535)
    report.error(forward.to.where, fmt::format("to port {} is too high for the {} ports {}, which would end at {}: use "
                                               "at most {}",
                                               first, range.size(), to_text(range), last, 65536 - range.size()));
  else if (first != range.first && range.size() > longest_shift)
    report.error(forward.port.where,
                 fmt::format("port {} has {} ports, and a range that is moved to other ports has at "
                             "most {}: keep the ports, or split the range",
                             to_text(range), range.size(), longest_shift));
}

bool has_family(const LanDraft& lan, Family family) {
  return std::ranges::any_of(lan.addresses.items, [family](const auto& item) { return item.value.family() == family; });
}

/// What is wrong with forwarding to `to`, with the remedy; empty where nothing is.
std::string destination_problem(const IpAddress& to, const std::vector<LanDraft>& lans) {
  for (const auto& lan : lans)
    for (const auto& [subnet, where] : lan.addresses.items) {
      if (subnet.address == to)
        return fmt::format("is this router's own address in LAN {}: open the port with [[firewall.allow]] instead",
                           lan.name);
      const bool edge = to == subnet.first() || (to.family() == Family::v4 && to == subnet.last());
      if (edge && subnet.contains(to) && subnet.length < address_bits(subnet.family()) - 1)
        return fmt::format("is no host of {}: write the address of one", subnet.network().to_text());
      if (subnet.contains(to)) return "";
    }
  // Where a LAN's subnets are the system's, whether the address is in one is not for the file to say.
  if (!std::ranges::all_of(lans,
                           [&](const auto& lan) { return has_family(lan, to.family()) && !lan.addresses.broken; }))
    return "";
  return "is in no LAN: write the address of a host in one, or correct the LAN's address";
}

template <typename T>
bool share(const std::vector<T>& left, const std::vector<T>& right) {
  return std::ranges::any_of(left, [&](const T& value) { return std::ranges::count(right, value) != 0; });
}

/// Uplinks; none listed means every one.
bool share_uplinks(const Listed<std::string>& left, const Listed<std::string>& right) {
  return left.items.empty() || right.items.empty() || share(left.values(), right.values());
}

bool collide(const ForwardDraft& left, const ForwardDraft& right) {
  return left.port.value->overlaps(*right.port.value) &&
         left.to.value->address.family() == right.to.value->address.family() &&
         share(protocols_of(left), protocols_of(right)) && share_uplinks(left.wans, right.wans);
}

/// Sorted by first port, only neighbours can overlap.
void check_doubles(const std::vector<ForwardDraft>& forwards, Report& report) {
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < forwards.size(); ++index)
    if (is_whole(forwards[index])) order.push_back(index);
  std::ranges::stable_sort(order, {}, [&](std::size_t index) { return forwards[index].port.value->first; });

  std::vector<std::optional<std::size_t>> earlier(forwards.size());
  for (std::size_t at = 0; at < order.size(); ++at) {
    const int last = forwards[order[at]].port.value->last;
    for (std::size_t next = at + 1; next < order.size() && forwards[order[next]].port.value->first <= last; ++next) {
      const auto [one, two] = std::minmax(order[at], order[next]);
      if ((!earlier[two] || *earlier[two] > one) && collide(forwards[one], forwards[two])) earlier[two] = one;
    }
  }
  for (std::size_t index = 0; index < forwards.size(); ++index) {
    if (!earlier[index]) continue;
    const auto& other = forwards[*earlier[index]];
    report.error(forwards[index].port.where,
                 fmt::format("port {} is already forwarded by \"{}\" in line {}: change one of the two, or give them "
                             "different uplinks",
                             to_text(*forwards[index].port.value), label(other.name, "forward", *earlier[index] + 1),
                             other.where.line));
  }
}

bool collide(const ForwardDraft& forward, const AllowDraft& allow) {
  const auto family = forward.to.value->address.family();
  const bool same_family =
      allow.sources.items.empty() ||
      std::ranges::any_of(allow.sources.items, [&](const auto& item) { return item.value.family() == family; });
  return same_family && share(protocols_of(forward), protocols_of(allow)) && share_uplinks(forward.wans, allow.wans) &&
         std::ranges::any_of(allow.ports.items,
                             [&](const auto& item) { return item.value.overlaps(*forward.port.value); });
}

void check_services_behind(const FileDraft& draft, Report& report) {
  for (std::size_t index = 0; index < draft.firewall.allow.size(); ++index) {
    const auto& allow = draft.firewall.allow[index];
    const auto taken = std::ranges::find_if(
        draft.forwards, [&](const auto& forward) { return is_whole(forward) && collide(forward, allow); });
    if (taken == draft.forwards.end()) continue;
    const auto number = static_cast<std::size_t>(taken - draft.forwards.begin()) + 1;
    report.error(
        allow.ports.where,
        fmt::format("port of \"{}\" is also forwarded by \"{}\" in line {}, and the forward "
                    "wins: remove one of the two",
                    label(allow.name, "allow", index + 1), label(taken->name, "forward", number), taken->where.line));
  }
}

}  // namespace

void check_forwards(const FileDraft& draft, Report& report) {
  for (const auto& forward : draft.forwards) {
    check_shift(forward, report);
    if (!forward.to.value) continue;
    if (const auto problem = destination_problem(forward.to.value->address, draft.lans); !problem.empty())
      report.error(forward.to.where, fmt::format("to {} {}", forward.to.value->address.to_text(), problem));
  }
  check_doubles(draft.forwards, report);
  check_services_behind(draft, report);
}

}  // namespace fairlead::config
