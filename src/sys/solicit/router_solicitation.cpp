#include "sys/solicit/router_solicitation.hpp"

#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/fd.hpp"

namespace fairlead::solicit {

Result<void> ask_routers(const std::string& device) {
  const Fd socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6));
  if (!socket) return std::unexpected(system_error("open a socket for router solicitations", errno));
  // The answer is the kernel's to read.
  icmp6_filter nothing{};
  ICMP6_FILTER_SETBLOCKALL(&nothing);
  ::setsockopt(socket.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &nothing, sizeof nothing);
  const int hops = 255;
  ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops);
  sockaddr_in6 all_routers{};
  all_routers.sin6_family = AF_INET6;
  all_routers.sin6_addr.s6_addr[0] = 0xff;
  all_routers.sin6_addr.s6_addr[1] = 0x02;
  all_routers.sin6_addr.s6_addr[15] = 0x02;
  all_routers.sin6_scope_id = ::if_nametoindex(device.c_str());
  if (all_routers.sin6_scope_id == 0) return fail("there is no device " + device);
  nd_router_solicit question{};
  question.nd_rs_type = ND_ROUTER_SOLICIT;
  if (::sendto(socket.get(), &question, sizeof question, 0, reinterpret_cast<const sockaddr*>(&all_routers),
               sizeof all_routers) < 0)
    return std::unexpected(system_error("ask the routers of " + device, errno));
  return {};
}

}  // namespace fairlead::solicit
