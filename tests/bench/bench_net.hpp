#pragma once
// Purpose: the smallest network in which a router's cost can be measured: a sender, the router, and one sink behind
// all uplinks, each a network namespace, joined by veth pairs without a bridge. The sink drops at once.
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::bench {

inline constexpr int most_uplinks = 64;
inline constexpr int sources = 64;  ///< sender addresses 192.168.1.128 and on
inline constexpr std::uint8_t first_source = 128;
inline constexpr const char* server_address = "8.255.0.1";

class Network {
 public:
  /// `number` tells the networks of one process apart.
  static Result<Network> make(int number, int uplinks);
  Network(Network&& other) noexcept : stem_(std::move(other.stem_)) { other.stem_.clear(); }
  Network& operator=(Network&&) = delete;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  [[nodiscard]] lab::Host sender() const { return {"sender", stem_ + "s"}; }
  [[nodiscard]] lab::Host router() const { return {"router", stem_ + "r"}; }
  [[nodiscard]] lab::Host sink() const { return {"sink", stem_ + "p"}; }

  /// Gives the router more LANs, up to `count` in all: devices lan2 and on, with addresses 10.200.2.1/24 and on.
  [[nodiscard]] Result<void> add_lans(int count) const;
  /// The sink becomes a server at `server_address` instead: what is for it is received, everything else still dropped.
  [[nodiscard]] Result<void> serve() const;
  /// Packets that the sink has received, one number an uplink, in no certain order.
  [[nodiscard]] Result<std::vector<std::uint64_t>> arrived() const;

 private:
  explicit Network(std::string stem) : stem_(std::move(stem)) {}
  std::string stem_;
};

}  // namespace fairlead::bench
