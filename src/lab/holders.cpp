#include "lab/holders.hpp"

#include <algorithm>

#include "sys/netlink/observe.hpp"

namespace fairlead::lab {
namespace {

Result<bool> holds(const IpAddress& address) {
  auto socket = netlink::Socket::open();
  if (!socket) return std::unexpected(socket.error());
  const auto facts = netlink::observe_facts(*socket);
  if (!facts) return std::unexpected(facts.error());
  return std::ranges::any_of(facts->addresses, [&](const AddressFact& own) {
    const auto* link = facts->link(own.link);
    return own.address.address == address && link != nullptr && link->carrier;
  });
}

}  // namespace

std::vector<std::string> holders_of(const Lab& lab, const IpAddress& address) {
  std::vector<std::string> holders;
  for (const auto& router : lab.routers())
    if (lab.host(router)->inside([&] { return holds(address); }).value_or(false)) holders.push_back(router);
  return holders;
}

}  // namespace fairlead::lab
