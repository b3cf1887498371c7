#pragma once
// Purpose: what each uplink of the file is at this moment, worked out from Config, Facts and Health once; every
// other part of compile reads it. "Usable" means: a packet handed to it now has a device with carrier, a source
// address and a gateway of its family, and no verdict against it.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/ip.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"
#include "core/model/health.hpp"
#include "core/model/uplink_ids.hpp"

namespace fairlead::compile {

/// One family of one uplink.
struct UplinkPath {
  std::vector<Prefix> own;  ///< its addresses with host bits, the preferred source first; those of a pair of routers
                            ///< also while the other one has them
  std::optional<IpAddress> source;  ///< what this router itself can send from; none: the other one has all of `own`
  std::optional<IpAddress> gateway;
  bool onlink = false;      ///< the gateway lies outside every prefix of `own`
  bool configured = false;  ///< the file or the system gave it an address or gateway of this family
  bool routable = false;    ///< there is a device, an address and a next hop
  bool ready = false;       ///< routable, and the device is up with carrier
  bool unproven = false;    ///< its address is new, and has had no answer yet
  bool usable = false;      ///< ready, and no verdict against it

  [[nodiscard]] std::optional<IpAddress> address() const {
    return own.empty() ? std::nullopt : std::optional(own.front().address);
  }
};

struct Uplink {
  const WanConfig* wan = nullptr;
  UplinkId id;
  const LinkFact* link = nullptr;  ///< none: there is no such device
  Verdict verdict = Verdict::up;
  std::string why;  ///< why it is not up, for people; empty while it is
  std::array<UplinkPath, 2> paths;
  std::vector<Prefix> set;  ///< the addresses that Fairlead sets: those of the file, and the lease's
  bool rests = false;       ///< its device is for the active router of a pair alone, and this one is not active

  [[nodiscard]] const UplinkPath& path(Family family) const { return paths.at(static_cast<std::size_t>(family)); }
  [[nodiscard]] UplinkPath& path(Family family) { return paths.at(static_cast<std::size_t>(family)); }
  [[nodiscard]] bool usable(Family family) const { return path(family).usable; }
};

/// In the order of their ids. The result points into `config` and `facts`.
[[nodiscard]] std::vector<Uplink> resolve_uplinks(const Config& config, const Facts& facts, const Health& health,
                                                  const UplinkIds& ids);

/// The usable uplinks of the lowest tier that has any; degraded ones only where none is wholly up, and those that are
/// held only where no tier has any other.
[[nodiscard]] std::vector<const Uplink*> active_uplinks(const std::vector<Uplink>& uplinks, Family family);

/// Another uplink has the same subnet or one that overlaps.
[[nodiscard]] bool shares_subnet(const Uplink& uplink, const std::vector<Uplink>& all, Family family);
[[nodiscard]] bool any_share_subnet(const std::vector<Uplink>& uplinks, Family family);

}  // namespace fairlead::compile
