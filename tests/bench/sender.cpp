#include "sender.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <vector>

#include "base/fd.hpp"
#include "figure.hpp"
#include "lab/wait.hpp"
#include "reflector.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t payload = 64 - 20 - 8;
constexpr std::uint32_t lan = 0xc0a80100;       // 192.168.1.0
constexpr std::uint32_t internet = 0x08000000;  // 8.0.0.0, no bogon; exists only in the namespaces
constexpr std::uint32_t elsewhere = 0x09000000;
constexpr int ports = 50000;  // destination ports used before the next address
constexpr int source_port = 20000;
constexpr int runs = 100;  // with ports of their own
// A UDP connection that is answered counts as lasting ("assured") with its first packet that comes more than two
// seconds after it began (net/netfilter/nf_conntrack_proto_udp.c). Fast paths want that.
constexpr auto udp_stream = 2100ms;
constexpr int passes = 4;  // and these until a fast path knows the last of many

sockaddr_in endpoint(std::uint32_t address, int port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(static_cast<std::uint16_t>(port));
  return result;
}

using Destination = std::function<sockaddr_in(int packet)>;

Destination one_each(std::uint32_t network) {
  return [network](int n) { return endpoint(network + 1 + static_cast<std::uint32_t>(n / ports), 1000 + n % ports); };
}

/// Steady flows differ in address too, or a multipath route would send all of them one way.
Destination over_and_over(int flows) {
  return [flows](int n) {
    const int flow = n % flows;
    return endpoint(internet + 1 + static_cast<std::uint32_t>(flow), 1000 + flow % ports);
  };
}

Destination destinations_of(const Load& load) { return load.steady() ? over_and_over(load.flows) : one_each(internet); }

/// The last core that we may use: the first one serves most interrupts. Undone when this goes.
class OneCore {
 public:
  OneCore() {
    CPU_ZERO(&before_);
    if (::sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    int last = CPU_SETSIZE - 1;
    while (last > 0 && !CPU_ISSET(last, &before_)) --last;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    pinned_ = ::sched_setaffinity(0, sizeof one, &one) == 0;
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() {
    if (pinned_) ::sched_setaffinity(0, sizeof before_, &before_);
  }
  [[nodiscard]] bool pinned() const { return pinned_; }

 private:
  cpu_set_t before_;
  bool pinned_ = false;
};

/// Sends from sockets in the calling thread's namespace, each batch by another one.
class Sender {
 public:
  static Result<Sender> open(int sockets, int run) {
    Sender sender;
    for (int n = 0; n < sockets; ++n) {
      Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
      const auto local =
          endpoint(lan + first_source + static_cast<std::uint32_t>(n), source_port + run % runs * sources + n);
      if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
        return std::unexpected(system_error("bind", errno));
      sender.sockets_.push_back(std::move(socket));
    }
    return sender;
  }

  /// Packets `first` and on.
  Result<void> send(const Destination& destination, int first, int count) {
    iovec part{content_.data(), content_.size()};
    for (int index = 0; index < count; ++index) {
      const auto slot = static_cast<std::size_t>(index);
      targets_[slot] = destination(first + index);
      messages_[slot].msg_hdr = {&targets_[slot], sizeof targets_[slot], &part, 1, nullptr, 0, 0};
    }
    const auto& socket = sockets_[static_cast<std::size_t>(first / batch) % sockets_.size()];
    if (::sendmmsg(socket.get(), messages_.data(), static_cast<unsigned>(count), 0) != count)
      return std::unexpected(system_error("sendmmsg", errno));
    return {};
  }

  Result<void> send_all(const Destination& destination, int first, int count) {
    for (int sent = 0; sent < count; sent += batch)
      if (auto done = send(destination, first + sent, std::min(batch, count - sent)); !done) return done;
    return {};
  }

  /// Takes what has come; how many that were.
  [[nodiscard]] int answers() const {
    int count = 0;
    for (std::array<char, payload> buffer{};; ++count)
      if (::recv(sockets_.front().get(), buffer.data(), buffer.size(), MSG_DONTWAIT) < 0) return count;
  }

 private:
  std::vector<Fd> sockets_;
  std::array<char, payload> content_{};
  std::array<sockaddr_in, batch> targets_{};
  std::array<mmsghdr, batch> messages_{};
};

/// To the microsecond, unlike poll(2).
void pause_until(lab::Deadline moment) {
  for (auto now = lab::Clock::now(); now < moment; now = lab::Clock::now()) {
    const auto left = std::chrono::nanoseconds(moment - now).count();
    const timespec time{left / 1'000'000'000, left % 1'000'000'000};
    static_cast<void>(::ppoll(nullptr, 0, &time, nullptr));
  }
}

Result<Sender> sender_of(const Load& load) { return Sender::open(load.steady() ? 1 : sources, load.run); }

/// A batch goes out when the one before it is answered, so that no queue overflows.
Result<void> ask_each(Sender& sender, const Reflector& reflector, const Load& load) {
  const auto destination = destinations_of(load);
  for (int sent = 0; sent < load.flows; sent += batch) {
    const int count = std::min(batch, load.flows - sent);
    if (auto done = sender.send(destination, sent, count); !done) return done;
    int missing = count;
    Result<void> turned;
    const bool all = lab::wait_until(
        [&] {
          turned = reflector.turn();
          missing -= sender.answers();
          return missing <= 0 || !turned;
        },
        lab::in(2s));
    if (!turned) return turned;
    if (!all) return fail(fmt::format("{} answers of flows {} to {} are missing", missing, sent, sent + count - 1));
  }
  return {};
}

}  // namespace

std::string to_text(const Load& load) {
  if (!load.steady()) return "new connection";
  return with_thousands(load.flows) + (load.flows == 1 ? " flow" : " flows");
}

Result<double> blast(const Network& network, const Load& load, int first, int packets) {
  return network.sender().inside([&]() -> Result<double> {
    const OneCore core;
    if (!core.pinned()) return fail("cannot stay on one core");
    auto sender = sender_of(load);
    if (!sender) return std::unexpected(sender.error());
    const auto destination = destinations_of(load);
    const auto begun = std::chrono::steady_clock::now();
    if (auto sent = sender->send_all(destination, first, packets); !sent) return std::unexpected(sent.error());
    const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begun;
    return passed.count() / packets;
  });
}

Result<void> send_paced(const Network& network, const Load& load, double packets_per_second,
                        std::chrono::milliseconds time) {
  return network.sender().inside([&]() -> Result<void> {
    const OneCore core;
    auto sender = sender_of(load);
    if (!sender) return std::unexpected(sender.error());
    const auto destination = destinations_of(load);
    const auto begun = lab::Clock::now();
    for (int sent = 0;; sent += batch) {
      const auto due =
          std::chrono::duration_cast<lab::Clock::duration>(std::chrono::duration<double>(sent / packets_per_second));
      if (due >= time) return {};
      pause_until(begun + due);
      if (auto done = sender->send(destination, sent, batch); !done) return done;
    }
  });
}

Result<void> establish(const std::vector<const Network*>& networks, const Load& load) {
  const auto from_each = [&](const auto& send) -> Result<void> {
    for (const auto* network : networks) {
      auto done = network->sender().inside([&]() -> Result<void> {
        const OneCore core;
        auto sender = sender_of(load);
        return sender ? send(*network, *sender) : std::unexpected(sender.error());
      });
      if (!done) return done;
    }
    return {};
  };
  auto asked = from_each([&](const Network& network, Sender& sender) -> Result<void> {
    const auto reflector = Reflector::open(network);
    return reflector ? ask_each(sender, *reflector, load) : std::unexpected(reflector.error());
  });
  if (!asked) return asked;
  pause_until(lab::in(udp_stream));
  return from_each([&](const Network& /*network*/, Sender& sender) {
    return sender.send_all(destinations_of(load), 0, passes * load.flows);
  });
}

Result<void> open_others(const Network& network, int count) {
  const auto lasting =
      network.router().inside([] { return sysctl::write("net/netfilter/nf_conntrack_udp_timeout", "3600"); });
  if (!lasting) return lasting;
  return network.sender().inside([&]() -> Result<void> {
    auto sender = Sender::open(sources, 0);
    return sender ? sender->send_all(one_each(elsewhere), 0, count) : std::unexpected(sender.error());
  });
}

Result<std::chrono::duration<double, std::milli>> slowest_packet(const Network& network,
                                                                 const std::function<bool()>& over) {
  return network.sender().inside([&]() -> Result<std::chrono::duration<double, std::milli>> {
    const OneCore core;
    const Load load{1};
    auto sender = sender_of(load);
    if (!sender) return std::unexpected(sender.error());
    const auto destination = destinations_of(load);
    lab::Clock::duration slowest{};
    while (!over()) {
      const auto begun = lab::Clock::now();
      if (auto sent = sender->send(destination, 0, 1); !sent) return std::unexpected(sent.error());
      slowest = std::max(slowest, lab::Clock::now() - begun);
    }
    return slowest;
  });
}

}  // namespace fairlead::bench
