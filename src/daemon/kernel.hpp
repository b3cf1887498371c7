#pragma once
// Purpose: the kernel as one thing: facts, the present state, and plans carried out so that a failure half-way
// leaves it as it was.
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"
#include "core/model/plan.hpp"
#include "core/model/state.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::daemon {

class Kernel {
 public:
  /// In the network namespace of the calling thread.
  static Result<Kernel> open();

  Result<Facts> facts(const Config& config);
  /// What is there of what `want` cares for.
  Result<ObservedState> observe(const State& want);
  /// All steps or none: a failed step undoes those before it; if that fails too, the error tells both.
  Result<void> carry_out(const Plan& plan);

 private:
  explicit Kernel(netlink::Socket socket) : socket_(std::move(socket)) {}
  Result<void> run(const Step& step);

  netlink::Socket socket_;
};

}  // namespace fairlead::daemon
