#pragma once
// Purpose: the nft objects that spread new connections over a set of uplinks by the file's method; used by the
// default balance and by policies that balance over a subset.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/compile/context.hpp"

namespace fairlead::compile {

/// Where the file wants it, and the kernel can: the sets of uplinks that the programs choose from. The first one asked
/// for gets the first place.
class ProposedChoices {
 public:
  /// The place of this choice; none where all are taken, or the kernel takes no programs.
  std::optional<std::size_t> place_of(Family family, Choice choice);
  [[nodiscard]] const Choices& all() const { return choices_; }

 private:
  Choices choices_;
};

struct Spread {
  BalanceMethod method = BalanceMethod::weighted_round_robin;
  std::string name;  ///< of the map that holds the slots
  Family family = Family::v4;
  std::vector<const Uplink*> members;  ///< who may ever get slots
  std::vector<const Uplink*> active;   ///< who gets them now; a subset of members
  std::function<std::string(UplinkId)> verdict;
};

/// Adds the map, and to `chain` the rule that draws a slot; none of both where nobody is active.
void add_spread(const Context& context, nft::Table& table, const std::string& chain, const Spread& spread);

}  // namespace fairlead::compile
