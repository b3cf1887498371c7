#include "core/balance/slots.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

namespace fairlead::balance {
namespace {

std::map<int, int> counts(const std::vector<UplinkId>& slots) {
  std::map<int, int> result;
  for (const auto slot : slots) ++result[slot.value];
  return result;
}

const std::vector<Share> five_three_one{{UplinkId{1}, 5}, {UplinkId{2}, 3}, {UplinkId{3}, 1}};

TEST(RoundRobin, GivesEachShareItsWeight) {
  EXPECT_THAT(counts(round_robin(five_three_one)),
              testing::ElementsAre(testing::Pair(1, 5), testing::Pair(2, 3), testing::Pair(3, 1)));
}

TEST(RoundRobin, DividesByTheCommonDivisor) {
  EXPECT_EQ(round_robin({{UplinkId{1}, 200}, {UplinkId{2}, 100}}).size(), 3U);
  EXPECT_EQ(round_robin({{UplinkId{7}, 255}}).size(), 1U);
  EXPECT_TRUE(round_robin({}).empty());
}

TEST(RoundRobin, SpreadsEvenlyWithinARound) {
  // No uplink is ever more than one connection ahead of or behind its exact share.
  const auto slots = round_robin(five_three_one);
  std::map<int, int> seen;
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    ++seen[slots[slot].value];
    for (const auto& share : five_three_one) {
      const double exact = static_cast<double>(slot + 1) * share.weight / 9;
      EXPECT_LT(std::abs(seen[share.id.value] - exact), 1.0) << "after " << slot + 1;
    }
  }
}

TEST(Hashed, GivesExactQuotasWhenAllAreActive) {
  const auto slots = hashed(five_three_one, {UplinkId{1}, UplinkId{2}, UplinkId{3}});
  ASSERT_EQ(slots.size(), hash_slots);
  EXPECT_THAT(counts(slots), testing::ElementsAre(testing::Pair(1, 569), testing::Pair(2, 341), testing::Pair(3, 114)));
}

TEST(Hashed, MovesOnlyTheSlotsOfTheOneThatLeft) {
  const auto all = hashed(five_three_one, {UplinkId{1}, UplinkId{2}, UplinkId{3}});
  for (const auto gone : {UplinkId{1}, UplinkId{2}, UplinkId{3}}) {
    std::vector<UplinkId> rest;
    for (const auto& share : five_three_one)
      if (share.id != gone) rest.push_back(share.id);
    const auto left = hashed(five_three_one, rest);
    for (std::size_t slot = 0; slot < all.size(); ++slot) {
      if (all[slot] == gone)
        EXPECT_NE(left[slot], gone);
      else
        EXPECT_EQ(left[slot], all[slot]);
    }
  }
}

TEST(Hashed, SharesOutWhatWasLeftByWeight) {
  const auto slots = counts(hashed(five_three_one, {UplinkId{2}, UplinkId{3}}));
  EXPECT_NEAR(static_cast<double>(slots.at(2)) / slots.at(3), 3.0, 0.6);
  EXPECT_TRUE(hashed(five_three_one, {}).empty());
}

}  // namespace
}  // namespace fairlead::balance
