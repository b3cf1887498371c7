#pragma once
// Purpose: the file of radvd, one for all LANs. Source: radvd.conf(5), radvd 2.19; lifetimes are those of RFC 9096,
// section 4.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/model/advertisement.hpp"

namespace fairlead::render {

/// For how long hosts that hear nothing more of a prefix keep an address in it (ND_VALID_LIMIT).
inline constexpr std::chrono::seconds advertised_validity{5400};

/// The text as of `now`: lifetimes count from there. LANs without prefixes are left out; "" where none is left.
[[nodiscard]] std::string radvd_conf(const std::vector<LanAdvertisement>& lans, BootTime now);

/// When the text will be another though the LANs stay the same; none: never.
[[nodiscard]] std::optional<BootTime> next_radvd_conf(const std::vector<LanAdvertisement>& lans, BootTime now);

/// "2001:db8::/64", "2001:db8::/64 (deprecated)".
[[nodiscard]] std::string to_text(const AdvertisedPrefix& prefix);

}  // namespace fairlead::render
