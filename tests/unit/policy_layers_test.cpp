// The compiled layers must find the same policy as walking the file's list from the top.
#include "core/compile/policy_layers.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>

namespace fairlead::compile {
namespace {

using Point = std::array<Coordinate, field_count>;

bool holds(const Box& box, const Point& point) {
  for (std::size_t side = 0; side < field_count; ++side)
    if (point[side] < box.sides[side].first || point[side] > box.sides[side].last) return false;
  return true;
}

std::optional<std::size_t> first_in_file(const std::vector<PolicyBoxes>& policies, const Point& point) {
  for (const auto& policy : policies)
    for (const auto& box : policy.boxes)
      if (holds(box, point)) return policy.policy;
  return std::nullopt;
}

/// As the kernel does: one lookup a layer; a map must not have two elements for one key.
std::optional<std::size_t> first_in_layers(const std::vector<Layer>& layers, const Point& point) {
  for (const auto& layer : layers) {
    std::optional<std::size_t> found;
    for (const auto& entry : layer.entries)
      if (holds(entry.box, point)) {
        EXPECT_FALSE(found) << "two elements of one map match";
        found = entry.policy;
      }
    if (found) return found;
  }
  return std::nullopt;
}

constexpr Coordinate space = 12;  // small, so that random policies overlap often

PolicyBoxes random_policy(std::mt19937& random, std::size_t index) {
  const auto pick = [&](unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random); };
  PolicyBoxes policy;
  policy.policy = index;
  policy.action = index;
  Box box;
  for (std::size_t side = 0; side < field_count; ++side) {
    box.sides[side] = {0, space - 1};
    if (pick(2) == 0) continue;
    policy.shape = static_cast<Shape>(policy.shape | 1U << side);
    const Coordinate first = pick(static_cast<unsigned>(space));
    const Coordinate last = pick(3) == 0 ? first : std::min<Coordinate>(space - 1, first + pick(5));
    box.sides[side] = {first, last};
  }
  policy.boxes = {box};
  return policy;
}

Box everything() {
  Box box;
  for (auto& side : box.sides) side = {0, 0xffff};
  return box;
}

TEST(PolicyLayers, FindTheSameFirstMatchAsTheFile) {
  std::mt19937 random(20260131);
  for (int round = 0; round < 200; ++round) {
    std::vector<PolicyBoxes> policies;
    for (std::size_t index = 0; index < 25; ++index) policies.push_back(random_policy(random, index));
    const auto layers = build_layers(policies);
    for (int probe = 0; probe < 300; ++probe) {
      Point point;
      for (auto& side : point)
        side = std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(space) - 1)(random);
      ASSERT_EQ(first_in_layers(layers, point), first_in_file(policies, point)) << "round " << round;
    }
  }
}

TEST(PolicyLayers, FindTheSameActionWherePoliciesShareFew) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<PolicyBoxes> policies;
    for (std::size_t index = 0; index < 25; ++index) {
      policies.push_back(random_policy(random, index));
      policies.back().action = index % 3;
    }
    const auto layers = build_layers(policies);
    const auto action_of = [](std::optional<std::size_t> policy) { return policy ? *policy % 3 : std::size_t{99}; };
    for (int probe = 0; probe < 300; ++probe) {
      Point point;
      for (auto& side : point)
        side = std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(space) - 1)(random);
      ASSERT_EQ(action_of(first_in_layers(layers, point)), action_of(first_in_file(policies, point)))
          << "round " << round;
    }
  }
}

TEST(PolicyLayers, PoliciesThatWantTheSameShareLayersThoughTheyCross) {
  std::vector<PolicyBoxes> policies;
  for (std::size_t index = 0; index < 100; ++index) {
    auto box = everything();
    const auto field = index % 2 == 0 ? Field::source : Field::destination;
    box.side(field) = {index, index};
    policies.push_back({shape_bit(field), {box}, index, 0});
  }
  EXPECT_EQ(build_layers(policies).size(), 2U);
}

PolicyBoxes on_destination(std::size_t index, Coordinate first, Coordinate last) {
  auto box = everything();
  box.side(Field::destination) = {first, last};
  return {shape_bit(Field::destination), {box}, index, index};
}

TEST(PolicyLayers, PoliciesOfOneShapeThatDoNotOverlapShareALayer) {
  std::vector<PolicyBoxes> policies;
  for (std::size_t index = 0; index < 1000; ++index)
    policies.push_back(on_destination(index, index * 4, index * 4 + 3));
  EXPECT_EQ(build_layers(policies).size(), 1U);
}

TEST(PolicyLayers, OverlapsOfOneShapeAreCutOutOfTheLaterPolicy) {
  const auto layers = build_layers({on_destination(0, 10, 10), on_destination(1, 0, 100), on_destination(2, 5, 50)});
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].entries.size(), 3U) << "10, 0-9, 11-100; the third is covered";
}

TEST(PolicyLayers, ExactValuesAndRangesAreKeptApart) {
  const auto layers = build_layers({on_destination(0, 10, 10), on_destination(1, 20, 29), on_destination(2, 30, 30)});
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_TRUE(layers[0].exact);
  EXPECT_EQ(layers[0].entries.size(), 2U);
  EXPECT_FALSE(layers[1].exact);
}

TEST(Boxes, SubtractionLeavesExactlyTheRest) {
  Box hole = everything();
  hole.side(Field::port) = {100, 200};
  hole.side(Field::protocol) = {6, 6};
  const auto rest = subtract(everything(), hole);
  EXPECT_EQ(rest.size(), 4U);
  for (std::size_t one = 0; one < rest.size(); ++one) {
    EXPECT_FALSE(rest[one].overlaps(hole));
    for (std::size_t other = one + 1; other < rest.size(); ++other) EXPECT_FALSE(rest[one].overlaps(rest[other]));
  }
  EXPECT_TRUE(subtract(hole, everything()).empty());
}

TEST(Boxes, MergedJoinsWhatOverlapsOrTouches) {
  EXPECT_EQ(merged({{10, 20}, {21, 30}, {5, 6}, {15, 18}}), (std::vector<Interval>{{5, 6}, {10, 30}}));
}

}  // namespace
}  // namespace fairlead::compile
