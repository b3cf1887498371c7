#include "core/config/pair.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace fairlead::config {
namespace {

using Problems = std::vector<std::string>;

std::string list_of(const std::vector<Prefix>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.to_text());
  return texts.empty() ? "none" : join(texts, ", ");
}

/// Calls `compare` for each section that both have, and names those that only one has.
template <typename Section, typename Compare>
void match(const std::vector<Section>& ours, const std::vector<Section>& theirs, const std::string& kind,
           Problems& problems, const Compare& compare) {
  const auto only_in = [&](const auto& one, const auto& other, const char* whose) {
    for (const auto& section : one)
      if (std::ranges::find(other, section.name, &Section::name) == other.end())
        problems.push_back(fmt::format("{} {} is in {} file only: both need it", kind, section.name, whose));
  };
  only_in(ours, theirs, "this");
  only_in(theirs, ours, "the other");
  for (const auto& section : ours)
    if (const auto other = std::ranges::find(theirs, section.name, &Section::name); other != theirs.end())
      compare(section, *other);
}

void compare_lans(const Config& ours, const Config& theirs, Problems& problems) {
  match(ours.lans, theirs.lans, "lan", problems, [&](const LanConfig& mine, const LanConfig& other) {
    if (mine.addresses != other.addresses)
      problems.push_back(
          fmt::format("lan {}: the addresses differ, {} and {}: they are the pair's, and the same in both", mine.name,
                      list_of(mine.addresses), list_of(other.addresses)));
    if (mine.dhcp != other.dhcp)
      problems.push_back(
          fmt::format("lan {}: dhcp differs: hosts would get other addresses after a takeover", mine.name));
    if (mine.reach != other.reach)
      problems.push_back(
          fmt::format("lan {}: reach differs: connections between LANs would break at a takeover", mine.name));
  });
}

void compare_uplinks(const Config& ours, const Config& theirs, Problems& problems) {
  const auto before = problems.size();
  match(ours.wans, theirs.wans, "wan", problems, [&](const WanConfig& mine, const WanConfig& other) {
    const auto differs = [&](const std::string& what, const char* effect) {
      problems.push_back(fmt::format("wan {}: {}: {}", mine.name, what, effect));
    };
    if (mine.addresses != other.addresses || mine.dhcp != other.dhcp)
      differs(fmt::format("the addresses differ, {} and {}", list_of(mine.addresses), list_of(other.addresses)),
              "its connections would have another outside address after a takeover");
    if (mine.gateways != other.gateways) differs("gateway differs", "it would lead elsewhere after a takeover");
    if (mine.prefix != other.prefix || mine.prefix_translation != other.prefix_translation)
      differs("prefix or prefix_translation differ", "its IPv6 connections would break at a takeover");
    if (mine.delegate != other.delegate) differs("delegate differs", "its prefix would leave the LAN at a takeover");
  });
  // The ids in the marks follow the order in which a router first sees its uplinks.
  if (problems.size() == before && !std::ranges::equal(ours.wans, theirs.wans, {}, &WanConfig::name, &WanConfig::name))
    problems.emplace_back(
        "the uplinks are in another order: marks of connections would mean other uplinks; use one order");
}

void compare_rules(const Config& ours, const Config& theirs, Problems& problems) {
  const auto same_but_place = [](const auto& mine, const auto& other) {
    auto moved = other;
    moved.where = mine.where;
    return mine == moved;
  };
  if (!std::ranges::equal(ours.forwards, theirs.forwards, same_but_place))
    problems.emplace_back("the forwards differ: connections through them would break at a takeover");
  if (!std::ranges::equal(ours.policies, theirs.policies, same_but_place))
    problems.emplace_back("the policies differ: hosts would find other uplinks after a takeover");
  if (!std::ranges::equal(ours.firewall.allow, theirs.firewall.allow, same_but_place))
    problems.emplace_back("firewall.allow differs: services of the router would open or close at a takeover");
  if (ours.balance != theirs.balance)
    problems.emplace_back("balance differs: hosts would find other uplinks after a takeover");
}

void compare_sides(const HaConfig& mine, const HaConfig& other, Problems& problems) {
  if (mine.priority == other.priority)
    problems.push_back(
        fmt::format("ha: both have priority {}: give one of them a higher one, or both may be active", mine.priority));
  if (mine.peer != other.address.address)
    problems.push_back(fmt::format("ha: peer is {} here, but the other router's address is {}", mine.peer.to_text(),
                                   other.address.address.to_text()));
  if (other.peer != mine.address.address)
    problems.push_back(fmt::format("ha: the other's peer is {}, but this router's address is {}", other.peer.to_text(),
                                   mine.address.address.to_text()));
  if (mine.advert != other.advert)
    problems.push_back(fmt::format("ha: advert is {} here and {} there: a pair needs one (RFC 9568, section 6.1)",
                                   to_text(mine.advert), to_text(other.advert)));
  if (mine.preempt != other.preempt) problems.emplace_back("ha: preempt differs: use the same in both");
  for (const auto& own : mine.own)
    for (const auto& theirs : other.own)
      if (own.address.address == theirs.address.address)
        problems.push_back(fmt::format("ha: both have {} as their own address of {}: give each its own",
                                       own.address.address.to_text(), own.of));
}

}  // namespace

std::vector<std::string> pair_problems(const Config& ours, const Config& theirs) {
  Problems problems;
  if (!ours.ha) problems.emplace_back("this file has no section [ha]");
  if (!theirs.ha) problems.emplace_back("the other file has no section [ha]");
  if (!ours.router.name.empty() && ours.router.name == theirs.router.name)
    problems.push_back(fmt::format("both routers are called {}: give each its own name", ours.router.name));
  if (ours.router.mark_mask != theirs.router.mark_mask)
    problems.push_back(
        fmt::format("router.mark_mask is {:#010x} here and {:#010x} there: marks of connections would not "
                    "be understood",
                    ours.router.mark_mask.bits(), theirs.router.mark_mask.bits()));
  compare_lans(ours, theirs, problems);
  compare_uplinks(ours, theirs, problems);
  compare_rules(ours, theirs, problems);
  if (ours.ha && theirs.ha) compare_sides(*ours.ha, *theirs.ha, problems);
  return problems;
}

}  // namespace fairlead::config
