#include "lab/blaster.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <vector>

namespace fairlead::lab {

class Blaster::Loop {
 public:
  Loop(Blaster& owner, UdpSocket socket, const BlastOptions& options)
      : owner_(owner),
        socket_(std::move(socket)),
        options_(options),
        payload_(std::max(options.size, sizeof(std::uint64_t)), 'f') {}

  void run() {
    const auto start = Clock::now();
    while (!owner_.stopping_) {
      const auto due = start + interval() * static_cast<std::int64_t>(echoed_.size());
      if (Clock::now() >= due) {
        send_next();
      } else {
        wait_for_echo(due);
      }
      receive();
    }
    const auto deadline = Clock::now() + options_.linger;
    while (owner_.received_ < echoed_.size() && Clock::now() < deadline) {
      wait_for_echo(deadline);
      receive();
    }
  }

  [[nodiscard]] BlastReport report() const {
    BlastReport report{.sent = echoed_.size(), .received = owner_.received_, .doubles = doubles_};
    std::uint64_t row = 0;
    for (const bool echoed : echoed_) {
      row = echoed ? 0 : row + 1;
      report.longest_loss = std::max(report.longest_loss, row);
    }
    report.longest_gap = std::chrono::duration_cast<std::chrono::milliseconds>(
        interval() * static_cast<std::int64_t>(report.longest_loss));
    return report;
  }

 private:
  [[nodiscard]] std::chrono::nanoseconds interval() const {
    return std::chrono::nanoseconds(1'000'000'000 / std::max(options_.per_second, 1U));
  }

  void send_next() {
    const std::uint64_t number = echoed_.size();
    std::memcpy(payload_.data(), &number, sizeof(number));
    // A datagram that the kernel refuses (no route, an ICMP error that came before) is lost like any other.
    (void)::send(socket_.fd(), payload_.data(), payload_.size(), MSG_NOSIGNAL);
    echoed_.push_back(false);
    ++owner_.sent_;
  }

  void wait_for_echo(Clock::time_point until) const {
    const auto left = std::chrono::nanoseconds(until - Clock::now()).count();
    if (left <= 0) return;
    const timespec time{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
    pollfd entry{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
    ::ppoll(&entry, 1, &time, nullptr);
  }

  void receive() {
    std::array<char, 2048> buffer{};
    while (true) {
      const auto size = ::recv(socket_.fd(), buffer.data(), buffer.size(), 0);
      if (size < static_cast<ssize_t>(sizeof(std::uint64_t))) return;
      std::uint64_t number = 0;
      std::memcpy(&number, buffer.data(), sizeof(number));
      if (number >= echoed_.size()) continue;
      if (echoed_[number]) {
        ++doubles_;
      } else {
        echoed_[number] = true;
        ++owner_.received_;
      }
    }
  }

  Blaster& owner_;
  UdpSocket socket_;
  BlastOptions options_;
  std::string payload_;
  std::vector<bool> echoed_;  // by number
  std::uint64_t doubles_ = 0;
};

Blaster::Blaster() = default;

Result<std::unique_ptr<Blaster>> Blaster::start(const Host& host, const Endpoint& to, const BlastOptions& options) {
  const Endpoint local = options.local.value_or(Endpoint{IpAddress::any(to.address.family()), 0});
  auto socket = host.udp(local);
  if (!socket) return std::unexpected(socket.error());
  if (auto connected = socket->connect(to); !connected) return std::unexpected(connected.error());
  std::unique_ptr<Blaster> blaster(new Blaster());
  blaster->loop_ = std::make_unique<Loop>(*blaster, *std::move(socket), options);
  blaster->thread_ = std::thread([loop = blaster->loop_.get()] { loop->run(); });
  return blaster;
}

BlastReport Blaster::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return loop_->report();
}

Blaster::~Blaster() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace fairlead::lab
