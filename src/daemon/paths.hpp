#pragma once
// Purpose: where the daemon keeps what it must remember. `run` is gone after a reboot, like the kernel state that
// it describes; `state` outlives it.
#include <string>

namespace fairlead::daemon {

struct Paths {
  std::string run = "/run/fairlead";
  std::string state = "/var/lib/fairlead";

  [[nodiscard]] std::string control_socket() const { return run + "/control.sock"; }
  [[nodiscard]] std::string lock() const { return run + "/lock"; }
  [[nodiscard]] std::string sysctls() const { return run + "/sysctls.json"; }
  [[nodiscard]] std::string uplinks() const { return state + "/uplinks.json"; }
  [[nodiscard]] std::string overrides() const { return state + "/overrides.json"; }
};

}  // namespace fairlead::daemon
