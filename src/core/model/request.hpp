#pragma once
// Purpose: values in the requests of the control socket that several commands have.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace fairlead {

/// Errors: `value` is no number from 0 to 65535.
[[nodiscard]] Result<std::uint16_t> read_port(const nlohmann::json& value);

}  // namespace fairlead
