#include "udp_flows.hpp"

#include <fmt/format.h>

#include <chrono>

#include "lab/wait.hpp"

namespace fairlead::bench {
namespace {

constexpr int servers = 8;
constexpr int first_port = 1024;
constexpr int ports = 60000;
constexpr int most_flows_of_a_socket = servers * ports;

Endpoint target(int number) {
  const auto address = *IpAddress::parse(fmt::format("192.0.2.{}", 1 + number % servers));
  return {address, static_cast<std::uint16_t>(first_port + number / servers % ports)};
}

}  // namespace

Result<void> open_udp_flows(const lab::Host& host, int count, int first, int per_second) {
  const auto local = static_cast<std::uint16_t>(20000 + first / most_flows_of_a_socket);
  auto socket = host.udp({*IpAddress::parse("0.0.0.0"), local});
  if (!socket) return std::unexpected(socket.error());
  const auto start = lab::Clock::now();
  for (int number = 0; number < count; ++number) {
    if (per_second > 0 && number % 50 == 0)
      static_cast<void>(lab::wait_ready(-1, 0, start + std::chrono::milliseconds(number * 1000LL / per_second)));
    // Errors are answers to earlier ones: nobody listens there.
    static_cast<void>(socket->send("?", target(first + number)));
  }
  return {};
}

}  // namespace fairlead::bench
