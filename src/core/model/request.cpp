#include "core/model/request.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace fairlead {

Result<std::uint16_t> read_port(const nlohmann::json& value) {
  constexpr int largest = std::numeric_limits<std::uint16_t>::max();
  if (!value.is_number_integer() || value < 0 || value > largest)
    return fail("not a port: " + value.dump() + "; use a number from 0 to 65535");
  return value.get<std::uint16_t>();
}

}  // namespace fairlead
