#include "lab/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "sys/netlink/monitor.hpp"

namespace fairlead::lab {

namespace {

constexpr int longest_pause = 5;  // milliseconds; for state that sends no event

}  // namespace

int milliseconds_left(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
}

bool wait_ready(int descriptor, short events, Deadline deadline) {
  pollfd entry{.fd = descriptor, .events = events, .revents = 0};
  while (true) {
    const int ready = ::poll(&entry, 1, milliseconds_left(deadline));
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
  }
}

bool wait_until(const std::function<bool()>& predicate, Deadline deadline) {
  auto monitor = netlink::Monitor::open();
  while (!predicate()) {
    const int left = milliseconds_left(deadline);
    if (left == 0) return predicate();
    std::array<pollfd, 2> entries{pollfd{-1, POLLIN, 0}, pollfd{-1, POLLIN, 0}};
    if (monitor) {
      const auto fds = monitor->fds();
      for (std::size_t i = 0; i < fds.size(); ++i) entries.at(i).fd = fds.at(i);
    }
    ::poll(entries.data(), entries.size(), std::min(left, longest_pause));
    if (monitor && !monitor->read()) return predicate();
  }
  return true;
}

}  // namespace fairlead::lab
