#pragma once
// Purpose: remembers what sysctls were before Fairlead changed them, so that `down` puts them back, also after a
// crash. Kept in a file of the run folder, which a reboot empties together with the values.
#include <map>
#include <string>

#include "base/error.hpp"
#include "core/model/plan.hpp"

namespace fairlead::daemon {

class SysctlMemory {
 public:
  static Result<SysctlMemory> load(std::string path);

  /// Notes the values that `plan` is about to change, unless an older one is known; on disk before it returns.
  Result<void> remember(const Plan& plan);
  /// Path → value from before.
  [[nodiscard]] const std::map<std::string, std::string>& before() const { return before_; }
  /// After those that `kept` does not name were put back.
  Result<void> forget_all_but(const std::map<std::string, std::string>& kept);

 private:
  explicit SysctlMemory(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::map<std::string, std::string> before_;
};

}  // namespace fairlead::daemon
