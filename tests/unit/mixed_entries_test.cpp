#include "core/pair/mixed_entries.hpp"

#include <gtest/gtest.h>

namespace fairlead::pair {
namespace {

class MixedEntries : public testing::Test {
 protected:
  MixedEntries() {
    wans_.resize(2);
    for (std::size_t index = 0; index < 2; ++index) {
      auto& uplink = uplinks_.emplace_back();
      uplink.wan = &wans_[index];
      uplink.id = UplinkId{static_cast<std::uint8_t>(index + 1)};
      uplink.path(Family::v4).own = {*Prefix::parse(index == 0 ? "203.0.113.10/24" : "198.51.100.10/24")};
    }
  }

  [[nodiscard]] bool is_mixed(std::uint32_t mark, const char* translated) const {
    ConnectionEntry entry;
    entry.mark = mark;
    entry.reply.destination.address = *IpAddress::parse(translated);
    return TranslatedAddresses(config_, uplinks_).is_mixed(entry);
  }

  Config config_;
  std::vector<WanConfig> wans_;
  std::vector<compile::Uplink> uplinks_;
};

TEST_F(MixedEntries, MarkAndAddressOfOneUplinkBelongTogether) {
  EXPECT_FALSE(is_mixed(0x01000000, "203.0.113.10"));
  EXPECT_FALSE(is_mixed(0x02000000, "198.51.100.10"));
  EXPECT_TRUE(is_mixed(0x01000000, "198.51.100.10"));
  EXPECT_TRUE(is_mixed(0x02000001, "203.0.113.10"));
}

TEST_F(MixedEntries, WhatIsNotTranslatedOrNotMarkedIsLeftAlone) {
  EXPECT_FALSE(is_mixed(0, "198.51.100.10"));
  EXPECT_FALSE(is_mixed(0x01000000, "192.168.1.50"));
}

TEST_F(MixedEntries, AnAddressOfTwoUplinksIsEithers) {
  uplinks_[1].path(Family::v4).own = uplinks_[0].path(Family::v4).own;
  EXPECT_FALSE(is_mixed(0x02000000, "203.0.113.10"));
}

TEST(MixedRemovals, WhatComesBackIsTheActiveRoutersAndStays) {
  using namespace std::chrono_literals;
  const auto entry = [](std::uint16_t port, std::uint32_t id) {
    ConnectionEntry made;
    made.id = id;
    made.original.source.port = port;
    return made;
  };
  MixedRemovals removals;
  const MixedRemovals::Time start{};
  EXPECT_EQ(removals.choose({entry(1, 10), entry(2, 11)}, start).size(), 2U);
  // The first is back, as another entry of the kernel's; the second was mended; a third is new.
  EXPECT_EQ(removals.choose({entry(1, 12), entry(3, 13)}, start + 1s), std::vector{entry(3, 13)});
  EXPECT_TRUE(removals.choose({entry(1, 12)}, start + 50s).empty());
  EXPECT_TRUE(removals.choose({entry(1, 14)}, start + 100s).empty()) << "it was there all the time";
  EXPECT_TRUE(removals.choose({entry(1, 14)}, start + 200s).empty()) << "however seldom there is a look";
  EXPECT_EQ(removals.choose({entry(2, 15)}, start + 200s).size(), 1U) << "ports are used again";
}

TEST(MixedRemovals, WhatWasMendedAndIsMixedAgainGoesAgain) {
  MixedRemovals removals;
  ConnectionEntry entry;
  EXPECT_EQ(removals.choose({entry}, {}).size(), 1U);
  removals.forget(entry);
  EXPECT_EQ(removals.choose({entry}, {}).size(), 1U);
  entry.mark = 0x02000000;
  EXPECT_EQ(removals.choose({entry}, {}).size(), 1U) << "mixed in another way";
}

}  // namespace
}  // namespace fairlead::pair
