#pragma once
// Purpose: what a router of a pair must know when it starts while the other one is not there: that it is out for
// maintenance, and which MAC addresses both have on uplinks by DHCP.
#include <map>
#include <string>

#include "base/error.hpp"

namespace fairlead::daemon {

class PairMemory {
 public:
  /// A file that is damaged tells of nothing.
  explicit PairMemory(std::string path);

  [[nodiscard]] bool maintenance() const { return maintenance_; }
  /// By the device under the shared one.
  [[nodiscard]] const std::map<std::string, std::string>& shared_macs() const { return macs_; }
  /// On an error nothing has changed.
  Result<void> set_maintenance(bool on);
  Result<void> set_shared_macs(std::map<std::string, std::string> macs);

 private:
  [[nodiscard]] Result<void> save(bool maintenance, const std::map<std::string, std::string>& macs) const;

  std::string path_;
  bool maintenance_ = false;
  std::map<std::string, std::string> macs_;
};

}  // namespace fairlead::daemon
