// The services of the router that are open to the outside, as elements of one set.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/ranges.hpp"
#include "core/compile/boxes.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

struct Opening {
  Interval port;
  Interval source;
};
using Openings = std::vector<Opening>;

/// By protocol, as the file has them.
std::map<std::uint8_t, Openings> open_at(const Context& context, const WanConfig& wan, Family family) {
  std::map<std::uint8_t, Openings> open;
  for (const auto& service : context.config.firewall.allow) {
    if (!service.wans.empty() && !contains(service.wans, wan.name)) continue;
    auto sources = service.sources;
    // nft has no set with a wildcard: everyone is the whole address space.
    if (sources.empty()) sources.push_back(IpRange::of(Prefix::everything(family)));
    auto ports = service.ports;
    if (ports.empty()) ports.push_back({0, 65535});
    for (const auto protocol : service.protocols)
      for (const auto& port : ports)
        for (const auto& source : sources)
          if (source.family() == family)
            open[protocol.number].push_back(
                {{port.first, port.last}, {coordinate(source.first), coordinate(source.last)}});
  }
  return open;
}

/// Two services may have ports and sources in common, which the set would not take twice: the ports are cut where any
/// begins or ends, and each piece has the sources of all.
Openings disjoint(const Openings& openings) {
  std::set<Coordinate> cuts;
  for (const auto& opening : openings) cuts.insert({opening.port.first, opening.port.last + 1});
  Openings result;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    const Interval piece{*cut, *std::next(cut) - 1};
    std::vector<Interval> sources;
    for (const auto& opening : openings)
      if (opening.port.overlaps(piece)) sources.push_back(opening.source);
    for (const auto& source : merged(std::move(sources))) result.push_back({piece, source});
  }
  return result;
}

std::string text_of(const Opening& opening, Family family) {
  const auto& [port, source] = opening;
  return fmt::format("{} . {}",
                     to_text(PortRange{static_cast<std::uint16_t>(port.first), static_cast<std::uint16_t>(port.last)}),
                     IpRange{address_at(family, source.first), address_at(family, source.last)}.to_text());
}

}  // namespace

void add_allowed(const Context& context, nft::Table& table) {
  for (const auto family : families) {
    auto& set =
        add_set(table, fmt::format("allowed{}", digit(family)),
                fmt::format("type ifname . inet_proto . inet_service . {}; flags interval;", address_type(family)),
                "services of the router that are open to the outside");
    for (const auto& uplink : context.uplinks)
      for (const auto& [protocol, openings] : open_at(context, *uplink.wan, family))
        for (const auto& opening : disjoint(openings))
          set.elements.emplace(
              fmt::format("{} . {} . {}", quoted(uplink.wan->interface), protocol, text_of(opening, family)), "");
  }
}

}  // namespace fairlead::compile
