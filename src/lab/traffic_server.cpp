#include "lab/traffic_server.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <string>
#include <utility>

namespace fairlead::lab {

namespace {

constexpr std::size_t chunk_size = 131'072;
constexpr std::size_t drop_size = 512;
constexpr std::size_t most_drops = 65'536;  // that wait for a client that does not take them
constexpr std::uint64_t endless = ~std::uint64_t{0};

struct Connection {
  Service service = Service::echo;
  TcpStream stream;
  std::string in;          // pump: the request so far
  std::string out;         // not sent yet
  std::uint64_t sunk = 0;  // bytes read by a sink
  std::uint64_t pump = 0;  // bytes to make up and send after `out`
  bool closing = false;    // once everything is sent
  std::uint32_t interest = EPOLLIN;
};

}  // namespace

/// Everything that the server's thread owns.
class TrafficServer::Loop {
 public:
  explicit Loop(std::atomic<std::uint64_t>& accepted) : accepted_(accepted), chunk_(chunk_size, 'f') {}

  Result<void> open(const std::vector<IpAddress>& addresses, const std::vector<ServicePort>& ports, int stop) {
    epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return std::unexpected(system_error("make an epoll", errno));
    stop_ = stop;
    watch(stop);
    drops_ = Fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!drops_) return std::unexpected(system_error("make a timer", errno));
    watch(drops_.get());
    for (const auto& [service, port] : ports) {
      for (const Family family : families) {
        auto listener = TcpListener::open({IpAddress::any(family), port});
        if (!listener) return std::unexpected(listener.error());
        watch(listener->fd());
        const int fd = listener->fd();
        listeners_.emplace(fd, std::pair{service, *std::move(listener)});
      }
      if (service != Service::echo && service != Service::who) continue;
      for (const auto& address : addresses) {
        auto socket = UdpSocket::open({address, port});
        if (!socket) return std::unexpected(socket.error());
        watch(socket->fd());
        const int fd = socket->fd();
        datagrams_.emplace(fd, std::pair{service, *std::move(socket)});
      }
    }
    return {};
  }

  void run() {
    std::array<epoll_event, 256> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
        if (fd == stop_) return;
        serve(fd, events.at(static_cast<std::size_t>(i)).events);
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void serve(int fd, std::uint32_t events) {
    if (fd == drops_.get()) {
      drip();
    } else if (const auto found = listeners_.find(fd); found != listeners_.end()) {
      accept(found->second.first, found->second.second);
    } else if (const auto socket = datagrams_.find(fd); socket != datagrams_.end()) {
      answer(socket->second.first, socket->second.second);
    } else if (const auto connection = connections_.find(fd); connection != connections_.end()) {
      const bool readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
      const bool alive = (!readable || read(connection->second)) && write(connection->second);
      if (!alive) connections_.erase(connection);
    }
  }

  /// From the first such connection on.
  void start_to_drip() {
    constexpr itimerspec each_100_ms{.it_interval = {.tv_sec = 0, .tv_nsec = 100'000'000},
                                     .it_value = {.tv_sec = 0, .tv_nsec = 100'000'000}};
    if (!std::exchange(dripping_, true)) ::timerfd_settime(drops_.get(), 0, &each_100_ms, nullptr);
  }

  void drip() {
    std::uint64_t expired = 0;
    if (::read(drops_.get(), &expired, sizeof expired) != sizeof expired) return;
    for (auto entry = connections_.begin(); entry != connections_.end();) {
      auto& connection = entry->second;
      const bool drips = connection.service == Service::drip && connection.out.size() < most_drops;
      if (drips) connection.out.append(drop_size, 'f');
      entry = drips && !write(connection) ? connections_.erase(entry) : std::next(entry);
    }
  }

  void accept(Service service, TcpListener& listener) {
    while (auto stream = listener.accept(Clock::now())) {
      ++accepted_;
      Connection connection;
      connection.service = service;
      if (service == Service::who) {
        connection.out = stream->peer().to_text() + "\n";
        connection.closing = true;
      }
      if (service == Service::drip) start_to_drip();
      connection.stream = *std::move(stream);
      watch(connection.stream.fd());
      if (write(connection)) connections_.emplace(connection.stream.fd(), std::move(connection));
    }
  }

  static void answer(Service service, UdpSocket& socket) {
    while (const auto datagram = socket.receive(Clock::now())) {
      const std::string reply = service == Service::echo ? datagram->bytes : datagram->from.to_text() + "\n";
      (void)socket.send(reply, datagram->from);  // a reply that finds no way is the sender's loss to count
    }
  }

  /// False when the connection is over.
  static bool read(Connection& connection) {
    std::array<char, 16384> buffer{};
    const auto size = ::recv(connection.stream.fd(), buffer.data(), buffer.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) {
      connection.closing = true;
      if (connection.service == Service::sink) connection.out = std::to_string(connection.sunk) + "\n";
      return connection.pump == 0 && !connection.out.empty();
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    if (connection.service == Service::sink) connection.sunk += bytes.size();
    if (connection.service == Service::echo) connection.out += bytes;
    if (connection.service == Service::pump) return read_request(connection, bytes);
    return true;
  }

  static bool read_request(Connection& connection, std::string_view bytes) {
    connection.in += bytes;
    const auto end = connection.in.find('\n');
    if (end == std::string::npos) return connection.in.size() < 32;
    std::uint64_t wanted = 0;
    const auto [rest, error] = std::from_chars(connection.in.data(), connection.in.data() + end, wanted);
    if (error != std::errc{} || rest != connection.in.data() + end) return false;
    connection.pump = wanted == 0 ? endless : wanted;
    connection.closing = true;
    connection.in.clear();
    return true;
  }

  /// Sends what the socket takes; false when the connection is over.
  bool write(Connection& connection) {
    while (!connection.out.empty() || connection.pump != 0) {
      const bool pumping = connection.out.empty();
      const std::string_view bytes =
          pumping ? std::string_view(chunk_).substr(0, std::min<std::uint64_t>(chunk_.size(), connection.pump))
                  : std::string_view(connection.out);
      const auto sent = ::send(connection.stream.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return want(connection, EPOLLOUT);
      if (sent < 0) return false;
      if (!pumping) connection.out.erase(0, static_cast<std::size_t>(sent));
      if (pumping && connection.pump != endless) connection.pump -= static_cast<std::uint64_t>(sent);
    }
    return !connection.closing && want(connection, EPOLLIN);
  }

  /// While there is something to send nothing more is read: a sender that does not listen must wait.
  bool want(Connection& connection, std::uint32_t interest) {
    if (connection.interest == interest) return true;
    connection.interest = interest;
    epoll_event event{};
    event.events = interest;
    event.data.fd = connection.stream.fd();
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.stream.fd(), &event) == 0;
  }

  std::atomic<std::uint64_t>& accepted_;
  std::string chunk_;
  Fd epoll_;
  int stop_ = -1;
  Fd drops_;  // the timer of those that drip
  bool dripping_ = false;
  std::map<int, std::pair<Service, TcpListener>> listeners_;
  std::map<int, std::pair<Service, UdpSocket>> datagrams_;
  std::map<int, Connection> connections_;
};

Result<std::unique_ptr<TrafficServer>> TrafficServer::start(const Host& host, const std::vector<IpAddress>& addresses,
                                                            const std::vector<ServicePort>& ports) {
  std::unique_ptr<TrafficServer> server(new TrafficServer());
  server->stop_ = Fd(::eventfd(0, EFD_CLOEXEC));
  auto loop = std::make_unique<Loop>(server->accepted_);
  const auto opened = host.inside([&] { return loop->open(addresses, ports, server->stop_.get()); });
  if (!opened) return std::unexpected(opened.error().in("traffic server on " + host.name()));
  server->thread_ = std::thread([loop = std::move(loop)] { loop->run(); });
  return server;
}

TrafficServer::~TrafficServer() {
  const std::uint64_t one = 1;
  if (stop_ && ::write(stop_.get(), &one, sizeof(one)) == sizeof(one) && thread_.joinable()) thread_.join();
}

}  // namespace fairlead::lab
