#pragma once
// Purpose: the ordered steps from the present state to the wanted one, each with its inverse, so that an apply
// that fails half-way goes back. Steps that find their work done already succeed (safe to run twice).
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/model/state.hpp"

namespace fairlead {

struct SetSysctl {
  std::string path;
  std::string before;
  std::string after;
  bool operator==(const SetSysctl&) const = default;
};
struct SetLinkUp {
  std::string link;
  bool up = true;
  bool operator==(const SetLinkUp&) const = default;
};
template <typename Object>
struct Add {
  Object object;
  bool operator==(const Add&) const = default;
};
template <typename Object>
struct Remove {
  Object object;
  bool operator==(const Remove&) const = default;
};
/// In place, without a moment in which the route is missing (NLM_F_REPLACE).
struct ReplaceRoute {
  RouteState before;
  RouteState after;
  bool operator==(const ReplaceRoute&) const = default;
};
/// One transaction. Undone by restoring the table as it was listed before.
struct RunNft {
  std::string script;
  bool operator==(const RunNft&) const = default;
};

/// What the programs at the doors are told; none: there are none.
struct SetDatapath {
  std::optional<DatapathState> before;
  std::optional<DatapathState> after;
  bool operator==(const SetDatapath&) const = default;
};
/// Puts the program at a device's ingress, tells it what it must know of the device, or takes it away.
struct SetDoor {
  std::optional<DoorState> before;
  std::optional<DoorState> after;  ///< one of both is there, and of the same device
  bool operator==(const SetDoor&) const = default;
};

using Step = std::variant<SetSysctl, Add<DeviceState>, Remove<DeviceState>, Add<PortState>, Remove<PortState>,
                          SetLinkUp, Add<AddressState>, Remove<AddressState>, Add<RouteState>, Remove<RouteState>,
                          ReplaceRoute, Add<RuleState>, Remove<RuleState>, RunNft, SetDatapath, SetDoor>;

struct Plan {
  std::vector<Step> steps;
  [[nodiscard]] bool empty() const { return steps.empty(); }
  bool operator==(const Plan&) const = default;
};

/// One line for people, as `fairlead plan` prints it.
[[nodiscard]] std::string to_text(const Step& step);
[[nodiscard]] std::string to_text(const Plan& plan);

/// The forms of ip-link(8), ip-route(8), ip-rule(8): "default via 10.0.0.1 dev eth1 table 7001 metric 10".
[[nodiscard]] std::string to_text(const DeviceState& device);
[[nodiscard]] std::string to_text(const PortState& port);
[[nodiscard]] std::string to_text(const AddressState& address);
[[nodiscard]] std::string to_text(const RouteState& route);
[[nodiscard]] std::string to_text(const RuleState& rule);

/// "eth1 for uplink 1, table 7001", "eth0 for a LAN, 192.168.1.0/24 but 192.168.1.1".
[[nodiscard]] std::string to_text(const DoorState& door);
/// "fast path, IPv4 least loaded of uplinks 1 2 3".
[[nodiscard]] std::string to_text(const DatapathState& datapath);

/// The step that undoes this one; none for RunNft, whose inverse is a listing taken when it is carried out.
[[nodiscard]] std::optional<Step> inverse(const Step& step);

}  // namespace fairlead
