#pragma once
// Purpose: the far end of a flow that is to be answered once: gives UDP packets that reached the sink back to where
// they came from, below its packet filter. Source: packet(7).
#include "base/fd.hpp"
#include "bench_net.hpp"

namespace fairlead::bench {

class Reflector {
 public:
  /// On all uplinks, as long as it lives.
  static Result<Reflector> open(const Network& network);
  /// Gives back what is there now, without waiting.
  Result<void> turn() const;

 private:
  explicit Reflector(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

}  // namespace fairlead::bench
