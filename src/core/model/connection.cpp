#include "core/model/connection.hpp"

#include <array>

namespace fairlead {

std::string tcp_state_text(std::uint8_t state) {
  static constexpr std::array names{"",           "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
                                    "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2"};
  return state < names.size() ? names.at(state) : "";
}

}  // namespace fairlead
