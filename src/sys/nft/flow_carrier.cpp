#include "sys/nft/flow_carrier.hpp"

#include <fmt/format.h>

#include "sys/nft/context.hpp"

namespace fairlead::sys {

bool carries_flows(const std::string& device) {
  // The table is named for nobody, and never comes to be.
  return would_take(
      fmt::format("table inet fairlead-probe {{\n\tflowtable probe {{\n\t\thook ingress priority 0;\n"
                  "\t\tdevices = {{ \"{}\" }};\n\t\tflags offload;\n\t}}\n}}\n",
                  device));
}

}  // namespace fairlead::sys
