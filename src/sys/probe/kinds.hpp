#pragma once
// Purpose: one coroutine for each kind of probe, and the socket that they share.
#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "sys/probe/prober.hpp"

namespace fairlead::probe {

/// Bound to the request's device, mark and source; nonblocking.
[[nodiscard]] Result<Fd> open_socket(const Request& request, Family family, int type, int protocol);

[[nodiscard]] inline Outcome failed(std::string why) { return {std::nullopt, std::move(why)}; }
[[nodiscard]] std::uint16_t random_number();

boost::asio::awaitable<Outcome> ask_icmp(Request request);
boost::asio::awaitable<Outcome> ask_tcp(Request request);
boost::asio::awaitable<Outcome> ask_dns(Request request);
/// The addresses of a name, as the request's target (a resolver) says.
boost::asio::awaitable<Result<std::vector<IpAddress>>> resolve(Request request, std::string name, Family family);
boost::asio::awaitable<Outcome> ask_neighbour(Request request);

}  // namespace fairlead::probe
