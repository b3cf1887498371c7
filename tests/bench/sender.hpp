#pragma once
// Purpose: the load: 64-byte UDP packets (IPv4 length) by sendmmsg(2) from one core. On veth the sender's core carries
// a packet through the router to the sink, so time per packet is cost per packet, sending included.
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bench_net.hpp"

namespace fairlead::bench {

struct Load {
  int flows = 0;  ///< over and over, known to the router and answered once; 0: every packet is a new flow
  int run = 0;    ///< chooses source ports: a router may remember those of the run before
  [[nodiscard]] bool steady() const { return flows > 0; }
  auto operator<=>(const Load&) const = default;
};

/// "1 flow", "1,000 flows", "new connection".
[[nodiscard]] std::string to_text(const Load& load);

inline constexpr int batch = 64;  ///< packets a system call

/// Nanoseconds a packet; the load's packets `first` and on. Both numbers are multiples of `batch`.
[[nodiscard]] Result<double> blast(const Network& network, const Load& load, int first, int packets);

/// At a steady rate, a batch at a time.
[[nodiscard]] Result<void> send_paced(const Network& network, const Load& load, double packets_per_second,
                                      std::chrono::milliseconds time);

/// Through each of the networks, each flow of a steady load sends one packet, gets one back from the sink, and sends
/// some more: then connection tracking and whatever fast path there is know it. An error where an answer is missing.
[[nodiscard]] Result<void> establish(const std::vector<const Network*>& networks, const Load& load);

/// `count` connections that no load uses, one packet each, to stand in the router's table.
[[nodiscard]] Result<void> open_others(const Network& network, int count);

/// Sends packets of one known connection, one after the other and as fast as it can, until `over`; the longest time
/// that one of them took to be carried to the sink.
[[nodiscard]] Result<std::chrono::duration<double, std::milli>> slowest_packet(const Network& network,
                                                                               const std::function<bool()>& over);

}  // namespace fairlead::bench
