#pragma once
// Purpose: the smallest network in which a router's cost can be measured: a sender, the router, and one sink behind
// all uplinks, each a network namespace, joined by veth pairs. On veth a packet is carried from the sender through
// the router to the sink on the sender's core, so time per packet is cost per packet; what the sender alone costs is
// measured with a router that drops at its own door, and subtracted.
#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::bench {

inline constexpr int most_uplinks = 64;

class Network {
 public:
  static Result<Network> make();
  Network(Network&& other) noexcept : stem_(std::move(other.stem_)) { other.stem_.clear(); }
  Network& operator=(Network&&) = delete;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  [[nodiscard]] lab::Host sender() const { return {"sender", stem_ + "s"}; }
  [[nodiscard]] lab::Host router() const { return {"router", stem_ + "r"}; }
  [[nodiscard]] lab::Host sink() const { return {"sink", stem_ + "p"}; }

  /// Packets that the sink has received on all its devices.
  [[nodiscard]] Result<std::uint64_t> arrived() const;

 private:
  explicit Network(std::string stem) : stem_(std::move(stem)) {}
  std::string stem_;
};

enum class Load : std::uint8_t { steady, fresh };  ///< 64 flows; or every packet a new flow

/// Sends `packets` UDP datagrams of 64 bytes from the sender on one core; nanoseconds a packet.
[[nodiscard]] Result<double> blast(const Network& network, Load load, int packets);

}  // namespace fairlead::bench
