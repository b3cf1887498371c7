// The services of the router that are open to the outside, as elements of one set.
#include <fmt/format.h>

#include <map>

#include "base/ranges.hpp"
#include "core/compile/boxes.hpp"
#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

Box box_of(const PortRange& port, const IpRange& source) {
  Box box;
  box.side(Field::port) = {port.first, port.last};
  box.side(Field::source) = {coordinate(source.first), coordinate(source.last)};
  return box;
}

/// By protocol; two services may have ports and sources in common, which the set would not take twice.
std::map<std::uint8_t, std::vector<Box>> open_at(const Context& context, const WanConfig& wan, Family family) {
  std::map<std::uint8_t, std::vector<Box>> open;
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
          if (source.family() == family) add_disjoint(open[protocol.number], box_of(port, source));
  }
  return open;
}

std::string text_of(const Box& box, Family family) {
  const auto& port = box.side(Field::port);
  const auto& source = box.side(Field::source);
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
      for (const auto& [protocol, boxes] : open_at(context, *uplink.wan, family))
        for (const auto& box : boxes)
          set.elements.emplace(
              fmt::format("{} . {} . {}", quoted(uplink.wan->interface), protocol, text_of(box, family)), "");
  }
}

}  // namespace fairlead::compile
