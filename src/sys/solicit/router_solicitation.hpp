#pragma once
// Purpose: asks the routers on a link for their advertisement. The kernel asks when a link comes up; it does not when
// accept_ra is switched on later, and the next unasked one may be half an hour away. Source: RFC 4861, section 4.1.
#include <string>

#include "base/error.hpp"

namespace fairlead::solicit {

/// Sends one router solicitation. Errors: no such device, or none that can send now.
[[nodiscard]] Result<void> ask_routers(const std::string& device);

}  // namespace fairlead::solicit
