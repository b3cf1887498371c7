#pragma once
// Purpose: TCP and UDP sockets with deadlines for tests, demo and traffic; in the calling thread's namespace when
// opened, and there for good. All are nonblocking inside. Source: tcp(7), udp(7), ip(7), ipv6(7).
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "base/endpoint.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/ip.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab {

using fairlead::Endpoint;
using fairlead::SocketAddress;

struct SocketOptions {
  std::optional<Endpoint> bind;  ///< local address; port 0: any
  std::string device;            ///< SO_BINDTODEVICE; empty: none
};

class TcpStream {
 public:
  TcpStream() = default;
  explicit TcpStream(Fd fd) : fd_(std::move(fd)) {}
  static Result<TcpStream> connect(const Endpoint& to, Deadline deadline, const SocketOptions& options = {});
  /// Only begins: writable when it is connected or has failed.
  static Result<TcpStream> begin_connect(const Endpoint& to, const SocketOptions& options = {});

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] Endpoint local() const;
  [[nodiscard]] Endpoint peer() const;
  /// An errno value that is pending on the socket (SO_ERROR), 0 without.
  [[nodiscard]] int pending_error() const;

  Result<void> send(std::string_view bytes, Deadline deadline);
  /// At least one byte; "" when the other side has closed. A reset is an Error.
  Result<std::string> receive(Deadline deadline, std::size_t at_most = 65536);
  /// Everything until the other side closes.
  Result<std::string> receive_all(Deadline deadline);
  void close() { fd_.reset(); }

 private:
  Fd fd_;
};

class TcpListener {
 public:
  /// Port 0: any. The unspecified IPv6 address takes IPv6 only.
  static Result<TcpListener> open(const Endpoint& at);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] Endpoint local() const;
  Result<TcpStream> accept(Deadline deadline);

 private:
  explicit TcpListener(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

struct Datagram {
  std::string bytes;
  Endpoint from;
};

class UdpSocket {
 public:
  static Result<UdpSocket> open(const Endpoint& local, const SocketOptions& options = {});

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] Endpoint local() const;
  Result<void> send(std::string_view bytes, const Endpoint& to);
  Result<Datagram> receive(Deadline deadline);
  /// With a fixed peer, ICMP errors come back as errors of send and receive.
  Result<void> connect(const Endpoint& to);

 private:
  explicit UdpSocket(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace fairlead::lab
