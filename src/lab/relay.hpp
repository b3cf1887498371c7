#pragma once
// Purpose: a long line: packets that are routed into a TUN device come out of it again after a time, in order. Both
// ends are the same device, so that what comes back is routed as if it had just arrived.
// Source: the kernel's Documentation/networking/tuntap.rst.
#include <chrono>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::lab {

/// Makes the device, without addresses, up, in the calling thread's namespace; it lives as long as the descriptor.
[[nodiscard]] Result<Fd> open_tun(const std::string& name);

/// Holds each packet for `delay`, until the device is gone. What waits is bounded; beyond that packets are lost, as on
/// any line.
void run_relay(const Fd& tun, std::chrono::milliseconds delay);

}  // namespace fairlead::lab
