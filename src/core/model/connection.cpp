#include "core/model/connection.hpp"

#include <array>
#include <string_view>

namespace fairlead {
namespace {

/// By enum tcp_conntrack.
constexpr auto tcp_states =
    std::to_array<std::string_view>({"", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK",
                                     "TIME_WAIT", "CLOSE", "SYN_SENT2"});

std::string_view name_of(std::uint8_t state) { return state < tcp_states.size() ? tcp_states.at(state) : ""; }

}  // namespace

bool has_ended(const ConnectionEntry& entry) {
  const auto state = name_of(entry.tcp_state);
  return state == "TIME_WAIT" || state == "CLOSE";
}

std::string tcp_state_text(std::uint8_t state) { return std::string(name_of(state)); }

}  // namespace fairlead
