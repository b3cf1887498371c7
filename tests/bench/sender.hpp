#pragma once
// Purpose: the load: 64-byte UDP packets (IPv4 length) by sendmmsg(2) from one core. On veth the sender's core carries
// a packet through the router to the sink, so time per packet is cost per packet, sending included.
#include "bench_net.hpp"

namespace fairlead::bench {

enum class Load : std::uint8_t { steady, fresh };  ///< some flows over and over; or every packet a new flow

struct Blast {
  Load load = Load::steady;
  int packets = 0;  ///< a multiple of `batch`
  int flows = 64;   ///< of a steady load
};

inline constexpr int batch = 64;  ///< packets a system call

/// Nanoseconds a packet.
[[nodiscard]] Result<double> blast(const Network& network, const Blast& wanted);

}  // namespace fairlead::bench
