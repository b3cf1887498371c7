#include "core/model/config.hpp"

namespace fairlead {

std::string to_text(const PortRange& range) {
  const auto first = std::to_string(range.first);
  return range.size() == 1 ? first : first + "-" + std::to_string(range.last);
}

}  // namespace fairlead
