#pragma once
// Purpose: being on a host of the lab: run code or a program in its network namespace, open sockets there.
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "base/error.hpp"
#include "base/ip.hpp"
#include "lab/process.hpp"
#include "lab/socket.hpp"
#include "sys/netns/netns.hpp"

namespace fairlead::lab {

/// A handle; cheap to copy, and valid as long as its lab is up.
class Host {
 public:
  Host() = default;
  Host(std::string name, std::string network_namespace)
      : name_(std::move(name)), namespace_(std::move(network_namespace)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& network_namespace() const { return namespace_; }

  /// Calls `work` with the calling thread in the host's namespace, and comes back. Sockets that it opens and
  /// threads that it starts stay there. `work` returns a Result, and so does inside().
  template <typename Work>
  [[nodiscard]] std::invoke_result_t<Work> inside(Work&& work) const {
    const auto guard = netns::enter(namespace_);
    if (!guard) return std::unexpected(guard.error().in("host " + name_));
    return std::invoke(std::forward<Work>(work));
  }

  /// A program that lives as long as the Child.
  [[nodiscard]] Result<Child> start(const Command& command, std::string_view input = {}) const;
  /// A program to its end; see lab/process.hpp.
  [[nodiscard]] Result<Output> run(const Command& command, std::string_view input = {},
                                   std::chrono::milliseconds at_most = std::chrono::seconds(30)) const;
  [[nodiscard]] Result<std::string> must_run(const Command& command, std::string_view input = {}) const;

  [[nodiscard]] Result<TcpStream> connect(const Endpoint& to, Deadline deadline,
                                          const SocketOptions& options = {}) const;
  [[nodiscard]] Result<TcpListener> listen(const Endpoint& at) const;
  /// Port 0: any.
  [[nodiscard]] Result<UdpSocket> udp(const Endpoint& local, const SocketOptions& options = {}) const;

  /// One echo request by ping(8); true when the answer came in time.
  [[nodiscard]] bool pings(const IpAddress& target, std::chrono::milliseconds at_most = std::chrono::seconds(2)) const;

 private:
  std::string name_;
  std::string namespace_;
};

}  // namespace fairlead::lab
