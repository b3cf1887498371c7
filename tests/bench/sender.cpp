#include "sender.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <vector>

#include "base/fd.hpp"

namespace fairlead::bench {
namespace {

constexpr std::size_t payload = 64 - 20 - 8;
constexpr std::uint32_t lan = 0xc0a80100;       // 192.168.1.0
constexpr std::uint32_t internet = 0x08000000;  // 8.0.0.0, no bogon; exists only in the namespaces
constexpr int ports = 50000;                    // destination ports used before the next address

sockaddr_in endpoint(std::uint32_t address, int port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(static_cast<std::uint16_t>(port));
  return result;
}

/// Of the n-th packet. Steady flows differ in address too, or a multipath route would send all of them one way.
sockaddr_in destination(const Blast& wanted, int n) {
  if (wanted.load == Load::fresh)
    return endpoint(internet + 1 + static_cast<std::uint32_t>(n / ports), 1000 + n % ports);
  const int flow = n % wanted.flows;
  return endpoint(internet + 1 + static_cast<std::uint32_t>(flow), 1000 + flow);
}

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

Result<std::vector<Fd>> open_sockets(Load load) {
  std::vector<Fd> result;
  for (int n = 0; n < (load == Load::fresh ? sources : 1); ++n) {
    Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto local =
        endpoint(lan + first_source + static_cast<std::uint32_t>(n), load == Load::fresh ? 20000 + n : 0);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
      return std::unexpected(system_error("bind", errno));
    result.push_back(std::move(socket));
  }
  return result;
}

Result<double> send_all(const Blast& wanted) {
  const OneCore core;
  if (!core.pinned()) return fail("cannot stay on one core");
  const auto sockets = open_sockets(wanted.load);
  if (!sockets) return std::unexpected(sockets.error());
  std::array<char, payload> content{};
  iovec part{content.data(), content.size()};
  std::array<sockaddr_in, batch> targets{};
  std::array<mmsghdr, batch> messages{};
  const auto begun = std::chrono::steady_clock::now();
  for (int sent = 0; sent < wanted.packets; sent += batch) {
    for (int index = 0; index < batch; ++index) {
      const auto slot = static_cast<std::size_t>(index);
      targets[slot] = destination(wanted, sent + index);
      messages[slot].msg_hdr = {&targets[slot], sizeof targets[slot], &part, 1, nullptr, 0, 0};
    }
    const auto& socket = (*sockets)[static_cast<std::size_t>(sent / batch) % sockets->size()];
    if (::sendmmsg(socket.get(), messages.data(), batch, 0) != batch)
      return std::unexpected(system_error("sendmmsg", errno));
  }
  const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begun;
  return passed.count() / wanted.packets;
}

}  // namespace

Result<double> blast(const Network& network, const Blast& wanted) {
  return network.sender().inside([&] { return send_all(wanted); });
}

}  // namespace fairlead::bench
