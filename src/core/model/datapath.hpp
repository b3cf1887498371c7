#pragma once
// Purpose: what the programs at the doors of the devices (bpf/, docs/fast-path.md) are told, as a part of the wanted
// and the present state.
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/ip.hpp"
#include "base/mark.hpp"

namespace fairlead {

/// Uplinks that new connections are spread over; a program proposes one of them, and nft takes its word.
struct Choice {
  bool overflow = false;  ///< fill them in this order; else by capacity and active connections
  std::vector<UplinkId> members;
  auto operator<=>(const Choice&) const = default;
};

/// The programs tell nft what they propose in one byte each of the packet's priority.
inline constexpr std::size_t most_choices = 4;

/// Of each family (Family as an index), at most most_choices.
using Choices = std::array<std::vector<Choice>, 2>;

struct DatapathState {
  MarkMask marks;
  bool offload = false;  ///< forward packets of established connections
  Choices choices;       ///< none: no uplink is proposed
  bool operator==(const DatapathState&) const = default;
};

/// A subnet of a LAN, with the router's addresses in it, at most two: the pair's and its own.
struct DoorSubnet {
  Prefix subnet;
  std::vector<IpAddress> own;
  auto operator<=>(const DoorSubnet&) const = default;
};

/// A device with a program at its ingress.
struct DoorState {
  std::string link;
  UplinkId uplink;                  ///< 0: a LAN
  TableId table;                    ///< of the uplink's routes
  std::vector<DoorSubnet> subnets;  ///< of a LAN; packets from elsewhere take the normal path
  bool outdated = false;            ///< observed only: the program is an earlier run's
  [[nodiscard]] static DoorState outdated_at(std::string device) {
    DoorState door;
    door.link = std::move(device);
    door.outdated = true;
    return door;
  }
  [[nodiscard]] bool is_lan() const { return uplink.value == 0; }
  auto operator<=>(const DoorState&) const = default;
};

}  // namespace fairlead
