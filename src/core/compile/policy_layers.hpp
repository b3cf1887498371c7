#pragma once
// Purpose: policies in the file's order → as few lookups as possible, with the same first match. Policies that
// name the same fields share one layer (one nft map); where a later policy overlaps an earlier one of the same
// layer, only what the earlier one leaves of it is entered; where it overlaps one of another layer, its own layer
// comes later. Policies that do not overlap, or want the same, need one layer a shape, however many they are.
#include <cstddef>
#include <vector>

#include "core/compile/boxes.hpp"

namespace fairlead::compile {

struct PolicyBoxes {
  Shape shape = 0;
  std::vector<Box> boxes;  ///< do not overlap each other
  std::size_t policy = 0;  ///< index into the file's list
  std::size_t action = 0;  ///< equal for policies that want the same: among them the order does not matter
};

struct LayerEntry {
  Box box;
  std::size_t policy = 0;
  std::size_t action = 0;
};

struct Layer {
  Shape shape = 0;
  bool exact = true;  ///< every named side of every entry is a single value: a hash will do
  std::vector<LayerEntry> entries;
};

/// `policies` in the file's order. Looking the layers up one after the other finds the first match.
[[nodiscard]] std::vector<Layer> build_layers(const std::vector<PolicyBoxes>& policies);

}  // namespace fairlead::compile
