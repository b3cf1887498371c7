#include "lab/socket.hpp"

#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <cerrno>

namespace fairlead::lab {

namespace {

constexpr int backlog = 4096;
/// What waits while a busy machine lets its owner wait is not lost: losses that a test sees are the network's.
constexpr int receive_memory = 8 * 1024 * 1024;

Result<Fd> open_socket(Family family, int type, const SocketOptions& options) {
  Fd fd(::socket(family == Family::v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return std::unexpected(system_error("open a socket", errno));
  if (type == SOCK_DGRAM) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_memory, sizeof(receive_memory));
  const int on = 1;
  if (family == Family::v6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  if (!options.device.empty() && ::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
                                              static_cast<socklen_t>(options.device.size())) != 0) {
    return std::unexpected(system_error("bind a socket to " + options.device, errno));
  }
  if (options.bind) {
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    const auto local = SocketAddress::of(*options.bind);
    if (::bind(fd.get(), local.raw(), local.size) != 0) {
      return std::unexpected(system_error("bind " + options.bind->to_text(), errno));
    }
  }
  return fd;
}

Endpoint local_of(int fd) {
  SocketAddress address;
  ::getsockname(fd, address.raw(), &address.size);
  return address.endpoint();
}

}  // namespace

Result<TcpStream> TcpStream::begin_connect(const Endpoint& to, const SocketOptions& options) {
  auto fd = open_socket(to.address.family(), SOCK_STREAM, options);
  if (!fd) return std::unexpected(fd.error());
  const auto address = SocketAddress::of(to);
  if (::connect(fd->get(), address.raw(), address.size) != 0 && errno != EINPROGRESS) {
    return std::unexpected(system_error("connect to " + to.to_text(), errno));
  }
  return TcpStream(*std::move(fd));
}

Result<TcpStream> TcpStream::connect(const Endpoint& to, Deadline deadline, const SocketOptions& options) {
  auto stream = begin_connect(to, options);
  if (!stream) return stream;
  if (!wait_ready(stream->fd(), POLLOUT, deadline)) return fail("connect to " + to.to_text() + ": no answer in time");
  if (const int error = stream->pending_error(); error != 0) {
    return std::unexpected(system_error("connect to " + to.to_text(), error));
  }
  return stream;
}

Endpoint TcpStream::local() const { return local_of(fd_.get()); }

Endpoint TcpStream::peer() const {
  SocketAddress address;
  ::getpeername(fd_.get(), address.raw(), &address.size);
  return address.endpoint();
}

int TcpStream::pending_error() const {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

Result<void> TcpStream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_ready(fd_.get(), POLLOUT, deadline)) return fail("send: the other side took nothing in time");
    } else if (errno != EINTR) {
      return std::unexpected(system_error("send", errno));
    }
  }
  return {};
}

Result<std::string> TcpStream::receive(Deadline deadline, std::size_t at_most) {
  std::string bytes(at_most, '\0');
  while (true) {
    const auto size = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    if (size >= 0) {
      bytes.resize(static_cast<std::size_t>(size));
      return bytes;
    }
    if (errno == EAGAIN) {
      if (!wait_ready(fd_.get(), POLLIN, deadline)) return fail("receive: nothing came in time");
    } else if (errno != EINTR) {
      return std::unexpected(system_error("receive", errno));
    }
  }
}

Result<std::string> TcpStream::receive_all(Deadline deadline) {
  std::string all;
  while (true) {
    auto some = receive(deadline);
    if (!some) return some;
    if (some->empty()) return all;
    all += *some;
  }
}

Result<TcpListener> TcpListener::open(const Endpoint& at) {
  auto fd = open_socket(at.address.family(), SOCK_STREAM, {.bind = at, .device = {}});
  if (!fd) return std::unexpected(fd.error());
  if (::listen(fd->get(), backlog) != 0) return std::unexpected(system_error("listen at " + at.to_text(), errno));
  return TcpListener(*std::move(fd));
}

Endpoint TcpListener::local() const { return local_of(fd_.get()); }

Result<TcpStream> TcpListener::accept(Deadline deadline) {
  while (true) {
    Fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return TcpStream(std::move(fd));
    if (errno == EAGAIN) {
      if (!wait_ready(fd_.get(), POLLIN, deadline)) return fail("accept: nobody came in time");
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return std::unexpected(system_error("accept", errno));
    }
  }
}

Result<UdpSocket> UdpSocket::open(const Endpoint& local, const SocketOptions& options) {
  auto fd = open_socket(local.address.family(), SOCK_DGRAM, {.bind = local, .device = options.device});
  if (!fd) return std::unexpected(fd.error());
  return UdpSocket(*std::move(fd));
}

Endpoint UdpSocket::local() const { return local_of(fd_.get()); }

Result<void> UdpSocket::connect(const Endpoint& to) {
  const auto address = SocketAddress::of(to);
  if (::connect(fd_.get(), address.raw(), address.size) != 0) {
    return std::unexpected(system_error("connect to " + to.to_text(), errno));
  }
  return {};
}

Result<void> UdpSocket::send(std::string_view bytes, const Endpoint& to) {
  const auto address = SocketAddress::of(to);
  if (::sendto(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, address.raw(), address.size) < 0) {
    return std::unexpected(system_error("send to " + to.to_text(), errno));
  }
  return {};
}

Result<Datagram> UdpSocket::receive(Deadline deadline) {
  std::array<char, 65536> buffer{};
  while (true) {
    SocketAddress from;
    const auto size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, from.raw(), &from.size);
    if (size >= 0) return Datagram{std::string(buffer.data(), static_cast<std::size_t>(size)), from.endpoint()};
    if (errno == EAGAIN) {
      if (!wait_ready(fd_.get(), POLLIN, deadline)) return fail("receive: nothing came in time");
    } else if (errno != EINTR) {
      return std::unexpected(system_error("receive", errno));
    }
  }
}

}  // namespace fairlead::lab
