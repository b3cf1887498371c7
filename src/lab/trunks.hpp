#pragma once
// Purpose: the VLAN switches of a lab, one for each trunk of the router or of both routers of a pair: a port without a
// tag for each LAN and uplink that the file puts on a VLAN of the trunk, or on the trunk itself. Pure.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lab/topology.hpp"

namespace fairlead::lab {

class Trunks {
 public:
  Trunks(const Config& config, std::size_t routers);

  [[nodiscard]] bool is_trunk(const std::string& device) const { return names_.contains(device); }
  /// A fresh port of the switch behind `trunk`, in VLAN `id`; 0: where packets without a tag go.
  CableEnd port(const std::string& trunk, int id);
  /// All switches that have a port.
  [[nodiscard]] std::vector<LabHost> switches() const;

  /// The end of the trunk's cable at the switch; routers are counted from 0.
  [[nodiscard]] static CableEnd far_end(const std::string& trunk, std::size_t router);

 private:
  std::size_t routers_;
  std::set<std::string> names_;
  std::map<std::string, LabHost> switches_;  // by trunk
};

}  // namespace fairlead::lab
