#pragma once
// Purpose: configurations of a given size for the network of bench_net.hpp, as values and as a file.
#include <string>

#include "base/error.hpp"
#include "core/model/config.hpp"

namespace fairlead::bench {

/// Of a Fairlead that is compared, or measured at a size.
struct Size {
  int uplinks = 3;
  int policies = 0;  ///< of three shapes, none of which the packets match: every lookup is made, and fails
  int forwards = 0;
  int lans = 1;
  int standing = 0;             ///< other connections in the router's table
  const char* offload = "off";  ///< of [router]
};

[[nodiscard]] std::string file_of(const Size& size);
/// Whether Fairlead can do all of it; it says what is not available yet.
[[nodiscard]] bool is_available(const Size& size);
[[nodiscard]] Result<Config> config_of(const Size& size);

}  // namespace fairlead::bench
