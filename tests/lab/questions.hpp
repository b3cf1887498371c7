#pragma once
// Purpose: what tests ask the servers of a lab's internet: whom they see, over which protocol.
#include <chrono>
#include <optional>
#include <string>

#include "lab/host.hpp"
#include "lab/traffic_server.hpp"
#include "lab/wait.hpp"

namespace fairlead {

using namespace std::chrono_literals;

struct Questions {
  static IpAddress address(const std::string& text) { return IpAddress::parse(text).value(); }
  static lab::Endpoint at(const std::string& text, std::uint16_t port) { return {address(text), port}; }
  /// The n-th server of the internet, counted from 1.
  static IpAddress server(int number, Family family = Family::v4) {
    return address((family == Family::v4 ? "192.0.2." : "2001:db8:ffff::") + std::to_string(number));
  }

  /// Whom a server sees when `from` asks it over TCP; none where no connection comes about.
  static std::optional<IpAddress> seen_by_tcp(const lab::Host& from, const IpAddress& server,
                                              const lab::SocketOptions& options = {},
                                              std::uint16_t port = lab::who_port) {
    auto stream = from.connect({server, port}, lab::in(2s), options);
    if (!stream) return std::nullopt;
    const auto answer = stream->receive_all(lab::in(2s));
    return answer ? endpoint_address(*answer) : std::nullopt;
  }

  static std::optional<IpAddress> seen_by_udp(const lab::Host& from, const IpAddress& server,
                                              const lab::SocketOptions& options = {}) {
    auto socket = from.udp(options.bind.value_or(lab::Endpoint{IpAddress::any(server.family()), 0}), options);
    if (!socket || !socket->send("?", {server, lab::who_port})) return std::nullopt;
    const auto answer = socket->receive(lab::in(2s));
    return answer ? endpoint_address(answer->bytes) : std::nullopt;
  }

  /// "192.0.2.1:4711" or "[2001:db8::1]:4711" and a line end.
  static std::optional<IpAddress> endpoint_address(std::string text) {
    text = text.substr(0, text.rfind(':'));
    if (text.starts_with('[')) text = text.substr(1, text.size() - 2);
    return IpAddress::parse(text);
  }
};

}  // namespace fairlead
