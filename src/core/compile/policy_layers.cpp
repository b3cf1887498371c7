#include "core/compile/policy_layers.hpp"

#include <algorithm>
#include <optional>

namespace fairlead::compile {
namespace {

/// Beyond this a policy is not cut to fit an existing layer but gets a later one.
constexpr std::size_t most_pieces_a_box = 16;

bool is_exact(const Box& box, Shape shape) {
  for (std::size_t index = 0; index < field_count; ++index)
    if ((shape >> index & 1U) != 0 && box.sides[index].first != box.sides[index].last) return false;
  return true;
}

/// Whether an entry that wants something else overlaps the policy.
bool decides_for_some_of(const Layer& layer, const PolicyBoxes& policy) {
  return std::ranges::any_of(layer.entries, [&](const LayerEntry& entry) {
    return entry.action != policy.action &&
           std::ranges::any_of(policy.boxes, [&](const Box& box) { return entry.box.overlaps(box); });
  });
}

/// What the layer's entries leave of `boxes`; none where that falls into too many pieces.
std::optional<std::vector<Box>> rest_beside(const Layer& layer, std::vector<Box> boxes) {
  const auto limit = boxes.size() * most_pieces_a_box;
  for (const auto& entry : layer.entries) {
    if (std::ranges::none_of(boxes, [&](const Box& box) { return entry.box.overlaps(box); })) continue;
    std::vector<Box> rest;
    for (const auto& box : boxes)
      for (const auto& piece : subtract(box, entry.box)) rest.push_back(piece);
    if (rest.size() > limit) return std::nullopt;
    boxes = std::move(rest);
  }
  return boxes;
}

class Builder {
 public:
  void add(const PolicyBoxes& policy) {
    const bool exact = std::ranges::all_of(policy.boxes, [&](const Box& box) { return is_exact(box, policy.shape); });
    const auto blocker = last_blocking(policy);
    for (auto index = blocker.value_or(0); index < layers_.size(); ++index) {
      auto& layer = layers_[index];
      if (layer.shape != policy.shape || (layer.exact != exact && index != blocker)) continue;
      if (const auto rest = rest_beside(layer, policy.boxes)) {
        insert(layer, *rest, policy);
        return;
      }
    }
    layers_.push_back({policy.shape, true, {}});
    insert(layers_.back(), policy.boxes, policy);
  }

  std::vector<Layer> take() { return std::move(layers_); }

 private:
  [[nodiscard]] std::optional<std::size_t> last_blocking(const PolicyBoxes& policy) const {
    for (auto index = layers_.size(); index-- > 0;)
      if (decides_for_some_of(layers_[index], policy)) return index;
    return std::nullopt;
  }

  static void insert(Layer& layer, const std::vector<Box>& boxes, const PolicyBoxes& policy) {
    for (const auto& box : boxes) {
      layer.exact = layer.exact && is_exact(box, layer.shape);
      layer.entries.push_back({box, policy.policy, policy.action});
    }
  }

  std::vector<Layer> layers_;
};

}  // namespace

std::vector<Layer> build_layers(const std::vector<PolicyBoxes>& policies) {
  Builder builder;
  for (const auto& policy : policies) builder.add(policy);
  return builder.take();
}

}  // namespace fairlead::compile
