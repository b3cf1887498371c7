#pragma once
// Purpose: which name has which uplink id. Ids outlive reloads and restarts, because conntrack marks carry
// them; a name that left keeps its id reserved until no other is free, so that a new uplink does not inherit
// the connections of an old one.
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/mark.hpp"
#include "core/model/config.hpp"

namespace fairlead {

class UplinkIds {
 public:
  /// Gives every uplink of `config` an id, in the file's order; known names keep theirs.
  /// The parser has checked that no more uplinks are named than the mask has room for.
  void assign(const Config& config);

  [[nodiscard]] UplinkId of(const std::string& name) const { return by_name_.at(name); }

  [[nodiscard]] nlohmann::json to_json() const;
  static Result<UplinkIds> from_json(const nlohmann::json& json);

  bool operator==(const UplinkIds&) const = default;

 private:
  std::map<std::string, UplinkId> by_name_;  // includes names that are no longer in the file
};

}  // namespace fairlead
