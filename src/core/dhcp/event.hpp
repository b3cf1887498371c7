#pragma once
// Purpose: what the DHCP client of an uplink tells through its hook → what it means for us. The values come from a
// provider's server: nothing in them is trusted. Source: dhcpcd-run-hooks(8), RFC 2131, RFC 2132.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "core/model/lease.hpp"

namespace fairlead::dhcp {

struct Event {
  enum class Kind : std::uint8_t {
    leased,  ///< granted, renewed or confirmed: `lease`
    lost,    ///< the server took it back, or refused to renew it
    other    ///< changes nothing. Also that the client gave up: a lease is good until it expires (RFC 2131, 3.2)
  };
  Kind kind = Kind::other;
  std::string link;
  std::string reason;  ///< in the client's word
  std::optional<Lease> lease;
};

/// What of the hook's environment is handed on.
[[nodiscard]] std::span<const std::string_view> environment_names();

/// `message` is {"environment": {NAME: TEXT, …}}; `now` becomes the time at which the lease was taken.
/// Errors: no such message, or a lease that cannot be used, with what is wrong with it.
[[nodiscard]] Result<Event> parse_event(const nlohmann::json& message, BootTime now);

}  // namespace fairlead::dhcp
