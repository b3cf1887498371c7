#include "core/model/config.hpp"

#include <algorithm>
#include <iterator>

namespace fairlead {

bool DhcpServerConfig::lends(Family family) const {
  return std::ranges::any_of(ranges, [&](const IpRange& range) { return range.family() == family; });
}

std::vector<IpAddress> DhcpServerConfig::resolvers(Family family) const {
  std::vector<IpAddress> found;
  std::ranges::copy_if(dns, std::back_inserter(found),
                       [&](const IpAddress& address) { return address.family() == family; });
  return found;
}

std::vector<IpAddress> HealthConfig::default_targets() {
  std::vector<IpAddress> targets;
  for (const auto* text :
       {"1.1.1.1", "8.8.8.8", "9.9.9.9", "2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe"})
    targets.push_back(*IpAddress::parse(text));
  return targets;
}

std::vector<WebListen> WebConfig::loopback() { return {{*IpAddress::parse("127.0.0.1"), 8080}}; }

std::string to_text(const ProbeConfig& probe) {
  switch (probe.kind) {
    case ProbeConfig::Kind::icmp:
      return "icmp";
    case ProbeConfig::Kind::tcp:
      return "tcp:" + std::to_string(probe.port);
    case ProbeConfig::Kind::dns:
      return "dns:" + probe.name + (probe.body.empty() ? "" : "=" + probe.body);
    case ProbeConfig::Kind::http:
      break;
  }
  return probe.name + (probe.body.empty() ? "" : "#" + probe.body);
}

std::string to_text(const PortRange& range) {
  const auto first = std::to_string(range.first);
  return range.size() == 1 ? first : first + "-" + std::to_string(range.last);
}

}  // namespace fairlead
