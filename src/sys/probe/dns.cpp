// A question by UDP to the target's port 53; the answer is checked, since walled gardens answer everything.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <cerrno>

#include "base/endpoint.hpp"
#include "sys/probe/dns_message.hpp"
#include "sys/probe/kinds.hpp"
#include "sys/probe/wait.hpp"

namespace fairlead::probe {
namespace {

constexpr std::uint16_t dns_port = 53;

/// Empty where the answer is a good one.
std::string complaint(const std::vector<IpAddress>& addresses, const ProbeConfig& how) {
  const auto wanted = IpAddress::parse(how.body);
  if (wanted && std::ranges::find(addresses, *wanted) == addresses.end())
    return fmt::format("says that {} is {}, not {}", how.name, addresses.front().to_text(), how.body);
  if (!wanted && std::ranges::any_of(addresses, is_walled_garden))
    return fmt::format("says that {} is {}, which is nowhere on the internet", how.name, addresses.front().to_text());
  return {};
}

}  // namespace

boost::asio::awaitable<Result<std::vector<IpAddress>>> resolve(Request request, std::string name, Family family) {
  const auto who = request.target.to_text();
  const auto question = dns_question(random_number(), name, family);
  if (question.empty()) co_return fail(name + " cannot be a name");
  auto socket = open_socket(request, request.target.family(), SOCK_DGRAM, IPPROTO_UDP);
  if (!socket) co_return std::unexpected(socket.error());
  const auto target = SocketAddress::of({request.target, dns_port});
  if (::connect(socket->get(), target.raw(), target.size) != 0)
    co_return std::unexpected(system_error("no way", errno));
  if (::send(socket->get(), question.data(), question.size(), 0) < 0)
    co_return std::unexpected(system_error("cannot send", errno));
  Waiter waiter(co_await boost::asio::this_coro::executor, std::move(*socket), Clock::now() + request.patience);
  while (co_await waiter.readable()) {
    std::array<std::uint8_t, 1500> packet{};
    const auto size = ::recv(waiter.fd(), packet.data(), packet.size(), 0);
    if (size < 0 && errno == EAGAIN) continue;
    if (size < 0) co_return std::unexpected(system_error(who, errno));
    const auto addresses = dns_addresses(std::span(packet).first(static_cast<std::size_t>(size)), question);
    if (!addresses) co_return fail(fmt::format("{} answers the question for {} with {}", who, name, addresses.error()));
    co_return *addresses;
  }
  co_return fail(who + " does not answer questions for names");
}

boost::asio::awaitable<Outcome> ask_dns(Request request) {
  const auto how = *request.how;
  const auto wanted = IpAddress::parse(how.body);
  const auto who = request.target.to_text();
  const auto begun = Clock::now();
  const auto addresses = co_await resolve(std::move(request), how.name, wanted ? wanted->family() : Family::v4);
  if (!addresses) co_return failed(addresses.error().message);
  if (const auto wrong = complaint(*addresses, how); !wrong.empty()) co_return failed(who + " " + wrong);
  co_return Outcome{std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun), ""};
}

}  // namespace fairlead::probe
