#include "lab/host.hpp"

#include <fmt/format.h>

namespace fairlead::lab {

Result<Child> Host::start(const Command& command, std::string_view input) const {
  return inside([&] { return Child::start(command, input); });
}

Result<Output> Host::run(const Command& command, std::string_view input, std::chrono::milliseconds at_most) const {
  return inside([&] { return lab::run(command, input, at_most); });
}

Result<std::string> Host::must_run(const Command& command, std::string_view input) const {
  return inside([&] { return lab::must_run(command, input); });
}

Result<TcpStream> Host::connect(const Endpoint& to, Deadline deadline, const SocketOptions& options) const {
  return inside([&] { return TcpStream::connect(to, deadline, options); });
}

Result<TcpListener> Host::listen(const Endpoint& at) const {
  return inside([&] { return TcpListener::open(at); });
}

Result<UdpSocket> Host::udp(const Endpoint& local, const SocketOptions& options) const {
  return inside([&] { return UdpSocket::open(local, options); });
}

bool Host::pings(const IpAddress& target, std::chrono::milliseconds at_most) const {
  const double seconds = std::chrono::duration<double>(at_most).count();
  const auto output = run({"ping", "-n", "-q", "-c", "1", "-W", fmt::format("{:.3f}", seconds), target.to_text()}, {},
                          at_most + std::chrono::seconds(5));
  return output && output->ok();
}

}  // namespace fairlead::lab
