#pragma once
// Purpose: the control command "pair", by which an administrator moves the role:
// {"command": "pair", "action": "status" | "yield" | "takeover" | "maintenance" | "service"}.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace fairlead::daemon {

class Pair;

enum class PairAction : std::uint8_t {
  status,
  yield,
  takeover,
  maintenance,  ///< this router takes no role …
  service       ///< … until this
};

[[nodiscard]] Result<PairAction> read_pair_request(const nlohmann::json& request);
/// Errors: it cannot be, and why.
[[nodiscard]] Result<void> carry_out(PairAction action, Pair& pair);

}  // namespace fairlead::daemon
