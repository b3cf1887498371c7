#pragma once
// Purpose: waiting for a state until a deadline, instead of sleeping for a time.
#include <chrono>
#include <functional>
#include <span>

namespace fairlead::lab {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

[[nodiscard]] inline Deadline in(std::chrono::milliseconds time) { return Clock::now() + time; }
/// For poll(2): what is left, rounded up, at least 0.
[[nodiscard]] int milliseconds_left(Deadline deadline);

/// Until `descriptor` is ready for `events` (POLLIN, POLLOUT); false at the deadline.
[[nodiscard]] bool wait_ready(int descriptor, short events, Deadline deadline);

/// Asks `predicate` at once, whenever the network namespace of the calling thread reports a change (links,
/// addresses, routes, rules), and every few milliseconds for what reports none. False at the deadline.
[[nodiscard]] bool wait_until(const std::function<bool()>& predicate, Deadline deadline);

}  // namespace fairlead::lab
