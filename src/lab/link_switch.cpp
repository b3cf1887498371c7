#include "lab/link_switch.hpp"

#include "sys/netlink/apply.hpp"

namespace fairlead::lab {

Result<LinkSwitch> LinkSwitch::open(const Lab& lab, const std::vector<CableEnd>& ends) {
  LinkSwitch made;
  for (const auto& end : ends) {
    const auto host = lab.host(end.host);
    if (!host) return std::unexpected(host.error());
    auto socket = host->inside([] { return netlink::Socket::open(); });
    if (!socket) return std::unexpected(socket.error().in(end.host));
    made.devices_.emplace_back(*std::move(socket), end);
  }
  return made;
}

Result<void> LinkSwitch::set(bool up) {
  Result<void> result;
  for (auto& [socket, end] : devices_) {
    const auto done = netlink::apply(socket, SetLinkUp{end.interface, up});
    if (!done && result) result = std::unexpected(done.error().in(end.host));
  }
  return result;
}

}  // namespace fairlead::lab
