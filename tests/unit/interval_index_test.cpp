// The index finds what a look at every interval finds.
#include "base/interval_index.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <vector>

namespace fairlead {
namespace {

struct Interval {
  std::uint64_t first;
  std::uint64_t last;
};

std::set<std::size_t> found(const IntervalIndex<std::uint64_t>& index, const Interval& wanted) {
  std::set<std::size_t> items;
  index.any(wanted.first, wanted.last, [&](std::size_t item) {
    EXPECT_TRUE(items.insert(item).second) << "told twice";
    return false;
  });
  return items;
}

TEST(IntervalIndex, FindsWhatALookAtEachFinds) {
  std::mt19937_64 random(7);
  const auto any = [&]() -> Interval {
    const auto first = random() % 2000;
    return {first, first + (random() % 3 == 0 ? 0 : random() % (1U << random() % 11))};
  };
  IntervalIndex<std::uint64_t> index;
  std::vector<Interval> all;
  for (std::size_t item = 0; item < 500; ++item) {
    all.push_back(any());
    index.add(all.back().first, all.back().last, item);
    const auto wanted = any();
    std::set<std::size_t> overlapping;
    for (std::size_t n = 0; n < all.size(); ++n)
      if (all[n].first <= wanted.last && wanted.first <= all[n].last) overlapping.insert(n);
    EXPECT_EQ(found(index, wanted), overlapping);
  }
}

TEST(IntervalIndex, KnowsTheEndsOfTheNumbers) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  IntervalIndex<std::uint64_t> index;
  index.add(0, most, 0);
  index.add(most, most, 1);
  index.add(0, 0, 2);
  EXPECT_EQ(found(index, {0, 0}), (std::set<std::size_t>{0, 2}));
  EXPECT_EQ(found(index, {most, most}), (std::set<std::size_t>{0, 1}));
  EXPECT_EQ(found(index, {5, 6}), (std::set<std::size_t>{0}));
}

TEST(IntervalIndex, EndsWhereWhatIsWantedIsFound) {
  IntervalIndex<std::uint64_t> index;
  for (std::size_t item = 0; item < 10; ++item) index.add(item, item, item);
  int looks = 0;
  EXPECT_TRUE(index.any(0, 9, [&](std::size_t) { return ++looks == 3; }));
  EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace fairlead
