#include "lab/relay.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>

#include "lab/wait.hpp"

namespace fairlead::lab {
namespace {

constexpr std::size_t most_waiting = 65'536;  // packets
constexpr int queue_length = 10'000;          // in the kernel, while this process waits for its turn

struct Held {
  Deadline due;
  std::string packet;
};

Result<void> bring_up(ifreq request) {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(system_error("socket", errno));
  request.ifr_qlen = queue_length;
  if (::ioctl(socket.get(), SIOCSIFTXQLEN, &request) != 0) return std::unexpected(system_error("queue length", errno));
  request.ifr_flags = IFF_UP | IFF_POINTOPOINT | IFF_NOARP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return std::unexpected(system_error("bring it up", errno));
  return {};
}

/// Multicast is the device's own talk (MLD, router solicitations), not a traveller.
bool is_multicast(const std::string& packet) {
  constexpr std::size_t v6_destination = 24;
  constexpr std::size_t v4_destination = 16;
  const auto version = static_cast<unsigned char>(packet.front()) >> 4;
  if (version == 6) return packet.size() > v6_destination && static_cast<unsigned char>(packet[v6_destination]) == 0xff;
  return packet.size() > v4_destination && (static_cast<unsigned char>(packet[v4_destination]) & 0xf0) == 0xe0;
}

}  // namespace

Result<Fd> open_tun(const std::string& name) {
  Fd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!tun) return std::unexpected(system_error("/dev/net/tun", errno));
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return fail(name + ": too long for a device");
  std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun.get(), TUNSETIFF, &request) != 0) return std::unexpected(system_error("make " + name, errno));
  if (auto up = bring_up(request); !up) return std::unexpected(up.error().in(name));
  return tun;
}

void run_relay(const Fd& tun, std::chrono::milliseconds delay) {
  std::deque<Held> held;
  std::array<char, 65'536> buffer{};
  for (;;) {
    pollfd entry{tun.get(), POLLIN, 0};
    timespec left{};
    if (!held.empty()) {
      const auto time =
          std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(held.front().due - Clock::now()));
      left = {time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    }
    if (::ppoll(&entry, 1, held.empty() ? nullptr : &left, nullptr) < 0 && errno != EINTR) return;
    for (;;) {
      const auto size = ::read(tun.get(), buffer.data(), buffer.size());
      if (size < 0 && errno != EAGAIN && errno != EINTR) return;
      if (size <= 0) break;
      std::string packet(buffer.data(), static_cast<std::size_t>(size));
      if (held.size() < most_waiting && !is_multicast(packet))
        held.push_back({Clock::now() + delay, std::move(packet)});
    }
    const auto now = Clock::now();
    for (; !held.empty() && held.front().due <= now; held.pop_front())
      if (::write(tun.get(), held.front().packet.data(), held.front().packet.size()) < 0 && errno == EBADF) return;
  }
}

}  // namespace fairlead::lab
