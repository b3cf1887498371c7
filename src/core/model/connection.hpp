#pragma once
// Purpose: an entry of the kernel's connection table.
// Source: linux/netfilter/nfnetlink_conntrack.h, linux/netfilter/nf_conntrack_common.h.
#include <cstdint>
#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "base/wall_time.hpp"

namespace fairlead {

/// One direction's addresses. Where a protocol has no ports they are 0.
struct ConnectionTuple {
  Endpoint source;
  Endpoint destination;
  bool operator==(const ConnectionTuple&) const = default;
};

struct ConnectionEntry {
  std::uint32_t id = 0;  ///< the kernel's; the same for as long as the connection lives
  std::uint8_t protocol = 0;
  ConnectionTuple original;  ///< as the first packet came
  ConnectionTuple reply;     ///< as answers come
  std::uint32_t mark = 0;
  bool answered = false;              ///< packets were seen in both directions (IPS_SEEN_REPLY)
  bool destination_changed = false;   ///< IPS_DST_NAT
  std::uint8_t tcp_state = 0;         ///< enum tcp_conntrack; 0: none
  std::optional<std::uint64_t> sent;  ///< bytes of the original direction; none: the kernel does not count them
  std::optional<std::uint64_t> received;
  std::optional<WallTime> started;  ///< none: the kernel did not note it
  bool operator==(const ConnectionEntry&) const = default;
};

/// "ESTABLISHED"; empty for 0.
[[nodiscard]] std::string tcp_state_text(std::uint8_t state);

}  // namespace fairlead
