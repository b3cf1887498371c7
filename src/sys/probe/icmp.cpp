// Echo request and reply over a raw socket that is connected to the target and filters what it does not want.
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstring>

#include "base/checksum.hpp"
#include "base/endpoint.hpp"
#include "sys/probe/kinds.hpp"
#include "sys/probe/wait.hpp"

namespace fairlead::probe {
namespace {

/// raw(7); linux/icmp.h, which tells it too, cannot be read beside net/if.h.
constexpr int icmp_filter_option = 1;

/// The same in both families: type, code, checksum, identifier, sequence number, all in network order.
struct Echo {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t checksum = 0;
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
};

void want_only_replies(int socket, Family family) {
  if (family == Family::v4) {
    const std::uint32_t blocked = ~(1U << ICMP_ECHOREPLY);
    ::setsockopt(socket, SOL_RAW, icmp_filter_option, &blocked, sizeof blocked);
    return;
  }
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
  ::setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
}

/// Behind the IPv4 header that raw sockets show; IPv6 ones show none.
std::optional<Echo> parse(std::span<const std::uint8_t> packet, Family family) {
  const std::size_t header = family == Family::v4 && !packet.empty() ? (packet[0] & 0xfU) * 4U : 0U;
  if (packet.size() < header + sizeof(Echo)) return std::nullopt;
  Echo echo;
  std::memcpy(&echo, packet.data() + header, sizeof echo);
  return echo;
}

}  // namespace

boost::asio::awaitable<Outcome> ask_icmp(Request request) {
  const auto family = request.target.family();
  const int protocol = family == Family::v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  auto socket = open_socket(request, family, SOCK_RAW, protocol);
  if (!socket) co_return failed(socket.error().message);
  want_only_replies(socket->get(), family);
  const auto target = SocketAddress::of({request.target, 0});
  if (::connect(socket->get(), target.raw(), target.size) != 0) co_return failed(system_error("no way", errno).message);

  Echo echo;
  echo.type = family == Family::v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
  echo.identifier = random_number();
  echo.sequence = random_number();
  if (family == Family::v4) {  // for IPv6 the kernel does it
    std::array<std::uint8_t, sizeof(Echo)> bytes{};
    std::memcpy(bytes.data(), &echo, bytes.size());
    echo.checksum = htons(internet_checksum(bytes));
  }
  const auto begun = Clock::now();
  if (::send(socket->get(), &echo, sizeof echo, 0) < 0) co_return failed(system_error("cannot send", errno).message);
  Waiter waiter(co_await boost::asio::this_coro::executor, std::move(*socket), begun + request.patience);
  while (co_await waiter.readable()) {
    std::array<std::uint8_t, 256> packet{};
    const auto size = ::recv(waiter.fd(), packet.data(), packet.size(), 0);
    if (size < 0 && errno == EAGAIN) continue;
    if (size < 0) co_return failed(system_error(request.target.to_text(), errno).message);
    const auto reply = parse(std::span(packet).first(static_cast<std::size_t>(size)), family);
    if (reply && reply->identifier == echo.identifier && reply->sequence == echo.sequence)
      co_return Outcome{std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun), ""};
  }
  co_return failed(request.target.to_text() + " does not answer pings");
}

}  // namespace fairlead::probe
