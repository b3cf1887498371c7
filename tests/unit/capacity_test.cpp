#include "core/balance/capacity.hpp"

#include <gtest/gtest.h>

namespace fairlead::balance {
namespace {

constexpr UplinkId fast{1};
constexpr UplinkId slow{2};
constexpr double mbit = 1e6;

Terms declared(double down, double up) { return {Rates{down * mbit, up * mbit}, 1}; }
Terms unknown(int weight) { return {std::nullopt, weight}; }

TEST(Capacity, IsWhatTheFileSays) {
  CapacityBook book;
  book.follow({{fast, declared(500, 50)}, {slow, declared(20, 5)}});
  EXPECT_EQ(book.capacities().at(fast).kbit, 500000);
  EXPECT_EQ(book.capacities().at(slow).kbit, 20000);
}

TEST(Capacity, IsTheWeightWhileNothingIsKnown) {
  CapacityBook book;
  book.follow({{fast, unknown(5)}, {slow, unknown(1)}});
  EXPECT_EQ(book.capacities().at(fast).kbit, 5 * book.capacities().at(slow).kbit);
}

TEST(Capacity, IsTheMostThatWasSeen) {
  CapacityBook book;
  book.follow({{fast, unknown(1)}, {slow, unknown(1)}});
  book.note(fast, {100 * mbit, mbit}, std::nullopt);
  book.note(fast, {10 * mbit, mbit}, std::nullopt);
  EXPECT_NEAR(book.capacities().at(fast).kbit, 100000, 10);
  // Nobody has used the other one yet, so it is tried.
  EXPECT_NEAR(book.capacities().at(slow).kbit, 25000, 10);
}

TEST(Capacity, AFullWayUpHalvesItUntilThereIsRoom) {
  CapacityBook book;
  book.follow({{fast, declared(100, 10)}});
  book.note(fast, {mbit, 9.5 * mbit}, std::nullopt);
  EXPECT_EQ(book.capacities().at(fast).kbit, 50000);
  EXPECT_TRUE(book.capacities().at(fast).full);
  book.note(fast, {mbit, 8 * mbit}, std::nullopt);
  EXPECT_EQ(book.capacities().at(fast).kbit, 50000) << "not with every sample another answer";
  book.note(fast, {mbit, 5 * mbit}, std::nullopt);
  EXPECT_EQ(book.capacities().at(fast).kbit, 100000);
  EXPECT_FALSE(book.capacities().at(fast).full);
}

TEST(Capacity, AQueueLowersIt) {
  CapacityBook book;
  book.follow({{fast, declared(100, 10)}});
  book.note(fast, {}, 20);
  EXPECT_EQ(book.capacities().at(fast).kbit, 100000);
  book.note(fast, {}, 35);
  EXPECT_EQ(book.capacities().at(fast).kbit, 100000) << "a little is usual";
  book.note(fast, {}, 80);
  EXPECT_NEAR(book.capacities().at(fast).kbit, 50000, 100);
  book.note(fast, {}, 2000);
  EXPECT_EQ(book.capacities().at(fast).kbit, 25000);
  book.note(fast, {}, std::nullopt);
  EXPECT_EQ(book.capacities().at(fast).kbit, 100000) << "unknown";
}

TEST(Capacity, FullIsOnlyWhatIsDeclared) {
  CapacityBook book;
  book.follow({{fast, unknown(1)}, {slow, declared(20, 5)}});
  book.note(fast, {100 * mbit, mbit}, std::nullopt);
  book.note(slow, {19 * mbit, mbit}, std::nullopt);
  EXPECT_FALSE(book.capacities().at(fast).full);
  EXPECT_TRUE(book.capacities().at(slow).full);
}

TEST(Capacity, ForgetsUplinksThatLeaveTheFile) {
  CapacityBook book;
  book.follow({{fast, unknown(1)}, {slow, unknown(1)}});
  book.note(fast, {100 * mbit, mbit}, std::nullopt);
  book.follow({{slow, unknown(1)}});
  EXPECT_EQ(book.capacities().size(), 1);
}

}  // namespace
}  // namespace fairlead::balance
