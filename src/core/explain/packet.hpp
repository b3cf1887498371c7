#pragma once
// Purpose: the first packet of a connection, on its way through the router's tables.
#include <cstdint>
#include <string>

#include "base/ip.hpp"

namespace fairlead::explain {

struct Packet {
  std::string input;   ///< device that it came in by
  std::string output;  ///< device that it leaves by; empty until it is routed
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 6;  ///< of ICMP and ICMPv6 it is an echo request
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t mark = 0;
  std::uint32_t ct_mark = 0;
  bool destination_changed = false;  ///< by a port forward

  [[nodiscard]] Family family() const { return source.family(); }
  [[nodiscard]] bool is_tcp() const { return protocol == 6; }
  [[nodiscard]] bool is_udp() const { return protocol == 17; }
};

}  // namespace fairlead::explain
