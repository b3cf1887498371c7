#pragma once
// Purpose: what a provider can do to its customers, as values, and as input for nft on the provider's host. Pure.
#include <chrono>
#include <cstdint>
#include <string>

namespace fairlead::lab {

struct Fault {
  enum class Kind : std::uint8_t {
    blackhole,  ///< its gateway answers, and nothing passes it
    silence,    ///< nothing answers, not even ARP
    loss,       ///< some packets are lost, in each direction
    delay,      ///< every round trip behind the gateway takes longer
    hijack,     ///< every question for a name is answered with the gateway's address; all else works
    captive     ///< a portal: as hijack, HTTP is redirected, everything else but ICMP is refused
  };
  Kind kind = Kind::blackhole;
  int percent = 0;                    ///< of loss
  std::chrono::milliseconds delay{};  ///< of delay: added to each round trip
};

/// Where the provider's own servers listen, to which packets are turned that were for others.
inline constexpr std::uint16_t liar_port = 8053;    ///< DNS
inline constexpr std::uint16_t portal_port = 8080;  ///< HTTP

/// In place of an earlier fault. Empty rules where a packet filter has no part in it.
[[nodiscard]] std::string fault_script(const Fault& fault);
/// Undoes fault_script(); nothing there is fine.
[[nodiscard]] std::string mending_script();

}  // namespace fairlead::lab
