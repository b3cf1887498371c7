#pragma once
// Purpose: the DHCP options that `dhcp.options` can name, and what each can hold: a value that the server would refuse
// would leave the whole LAN without one. Names are Kea's, codes IANA's; forms from RFC 2132, RFC 3397 and RFC 8910.
#include <optional>
#include <string_view>
#include <vector>

#include "core/config/schema.hpp"

namespace fairlead::config {

/// One entry of `dhcp.options`; none where it was refused.
[[nodiscard]] std::optional<DhcpOption> read_dhcp_option(const Entry& entry, const Field& field);

[[nodiscard]] std::vector<std::string_view> dhcp_option_names();

}  // namespace fairlead::config
