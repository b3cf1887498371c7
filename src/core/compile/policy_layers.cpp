#include "core/compile/policy_layers.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "base/interval_index.hpp"

namespace fairlead::compile {
namespace {

/// Beyond this a policy is not cut to fit an existing layer but gets a later one.
constexpr std::size_t most_pieces_a_box = 16;

bool is_exact(const Box& box, Shape shape) {
  for (std::size_t index = 0; index < field_count; ++index)
    if ((shape >> index & 1U) != 0 && box.sides[index].first != box.sides[index].last) return false;
  return true;
}

/// A layer while it grows, with its entries found by one of the sides that its policies name.
class GrowingLayer {
 public:
  explicit GrowingLayer(Shape shape) : layer_{shape, true, {}}, side_(indexed_side(shape)) {}

  [[nodiscard]] const Layer& layer() const { return layer_; }
  Layer take() { return std::move(layer_); }

  void insert(const std::vector<Box>& boxes, const PolicyBoxes& policy) {
    for (const auto& box : boxes) {
      layer_.exact = layer_.exact && is_exact(box, layer_.shape);
      index_.add(box.sides[side_].first, box.sides[side_].last, layer_.entries.size());
      layer_.entries.push_back({box, policy.policy, policy.action});
    }
    actions_.insert(policy.action);
  }

  /// Whether an entry that wants something else overlaps the policy.
  [[nodiscard]] bool decides_for_some_of(const PolicyBoxes& policy) const {
    if (actions_.size() == 1 && actions_.contains(policy.action)) return false;
    return std::ranges::any_of(policy.boxes, [&](const Box& box) {
      return index_.any(box.sides[side_].first, box.sides[side_].last, [&](std::size_t item) {
        const auto& entry = layer_.entries[item];
        return entry.action != policy.action && entry.box.overlaps(box);
      });
    });
  }

  /// What the entries leave of `boxes`; none where that falls into too many pieces.
  [[nodiscard]] std::optional<std::vector<Box>> rest_beside(std::vector<Box> boxes) const {
    const auto limit = boxes.size() * most_pieces_a_box;
    for (const auto item : overlapping(boxes)) {
      std::vector<Box> rest;
      for (const auto& box : boxes)
        for (const auto& piece : subtract(box, layer_.entries[item].box)) rest.push_back(piece);
      if (rest.size() > limit) return std::nullopt;
      boxes = std::move(rest);
    }
    return boxes;
  }

 private:
  /// That which tells policies apart best, as a rule.
  static std::size_t indexed_side(Shape shape) {
    for (const auto field : {Field::destination, Field::source, Field::port, Field::protocol})
      if ((shape & shape_bit(field)) != 0) return static_cast<std::size_t>(field);
    return static_cast<std::size_t>(Field::device);
  }

  /// In the order of the file.
  [[nodiscard]] std::set<std::size_t> overlapping(const std::vector<Box>& boxes) const {
    std::set<std::size_t> items;
    for (const auto& box : boxes)
      index_.any(box.sides[side_].first, box.sides[side_].last, [&](std::size_t item) {
        if (layer_.entries[item].box.overlaps(box)) items.insert(item);
        return false;
      });
    return items;
  }

  Layer layer_;
  std::size_t side_;
  IntervalIndex<Coordinate> index_;
  std::set<std::size_t> actions_;
};

class Builder {
 public:
  void add(const PolicyBoxes& policy) {
    const bool exact = std::ranges::all_of(policy.boxes, [&](const Box& box) { return is_exact(box, policy.shape); });
    const auto blocker = last_blocking(policy);
    for (auto index = blocker.value_or(0); index < layers_.size(); ++index) {
      auto& growing = layers_[index];
      const auto& layer = growing.layer();
      if (layer.shape != policy.shape || (layer.exact != exact && index != blocker)) continue;
      if (const auto rest = growing.rest_beside(policy.boxes)) {
        growing.insert(*rest, policy);
        return;
      }
    }
    layers_.emplace_back(policy.shape).insert(policy.boxes, policy);
  }

  std::vector<Layer> take() {
    std::vector<Layer> layers;
    for (auto& growing : layers_) layers.push_back(growing.take());
    return layers;
  }

 private:
  [[nodiscard]] std::optional<std::size_t> last_blocking(const PolicyBoxes& policy) const {
    for (auto index = layers_.size(); index-- > 0;)
      if (layers_[index].decides_for_some_of(policy)) return index;
    return std::nullopt;
  }

  std::vector<GrowingLayer> layers_;
};

}  // namespace

std::vector<Layer> build_layers(const std::vector<PolicyBoxes>& policies) {
  Builder builder;
  for (const auto& policy : policies) builder.add(policy);
  return builder.take();
}

}  // namespace fairlead::compile
