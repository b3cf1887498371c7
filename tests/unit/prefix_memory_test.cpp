// Prefixes that a LAN lost are told as withdrawn for a time, across restarts and wrong clocks.
#include "daemon/prefix_memory.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.hpp"
#include "core/render/radvd.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;
using Use = AdvertisedPrefix::Use;

constexpr WallTime start{std::chrono::hours(500'000)};

class PrefixMemoryTest : public testing::Test {
 protected:
  PrefixMemoryTest() : file_(testing::TempDir() + "prefixes-" + std::to_string(::getpid()) + ".json") {
    std::filesystem::remove(file_);
  }
  ~PrefixMemoryTest() override { std::filesystem::remove(file_); }

  static std::vector<LanAdvertisement> lan(const std::vector<std::string>& prefixes) {
    LanAdvertisement told;
    told.lan = "home";
    told.link = "eth0";
    for (const auto& text : prefixes) told.prefixes.push_back({Prefix::parse(text).value(), Use::preferred, {}, {}});
    return {told};
  }
  /// "PREFIX use" of what home is told.
  std::vector<std::string> told(PrefixMemory& memory, const std::vector<std::string>& prefixes, WallTime now) {
    auto lans = lan(prefixes);
    memory.update(lans, now);
    std::vector<std::string> texts;
    for (const auto& prefix : lans.front().prefixes)
      texts.push_back(prefix.prefix.to_text() + (prefix.use == Use::withdrawn ? " withdrawn" : ""));
    return texts;
  }

  std::string file_;
};

using testing::ElementsAre;

TEST_F(PrefixMemoryTest, ALostPrefixIsToldUntilNoHostCanHaveIt) {
  PrefixMemory memory(file_);
  EXPECT_THAT(told(memory, {"fd00:1::/64", "fd00:2::/64"}, start), ElementsAre("fd00:1::/64", "fd00:2::/64"));
  EXPECT_EQ(memory.next(), std::nullopt);
  EXPECT_THAT(told(memory, {"fd00:2::/64"}, start + 1s), ElementsAre("fd00:2::/64", "fd00:1::/64 withdrawn"));
  EXPECT_EQ(memory.next(), start + 1s + render::advertised_validity);
  EXPECT_THAT(told(memory, {"fd00:2::/64"}, start + 5400s), ElementsAre("fd00:2::/64", "fd00:1::/64 withdrawn"));
  EXPECT_THAT(told(memory, {"fd00:2::/64"}, start + 5401s), ElementsAre("fd00:2::/64"));
  EXPECT_THAT(told(memory, {}, start + 5402s), ElementsAre("fd00:2::/64 withdrawn"));
}

TEST_F(PrefixMemoryTest, WhatComesBackIsPreferredAgain) {
  PrefixMemory memory(file_);
  told(memory, {"fd00:1::/64"}, start);
  told(memory, {}, start + 1s);
  EXPECT_THAT(told(memory, {"fd00:1::/64"}, start + 2s), ElementsAre("fd00:1::/64"));
  EXPECT_EQ(memory.next(), std::nullopt);
}

TEST_F(PrefixMemoryTest, ARestartForgetsNothing) {
  {
    PrefixMemory memory(file_);
    told(memory, {"fd00:1::/64", "fd00:2::/64"}, start);
    told(memory, {"fd00:2::/64"}, start + 10s);
  }
  PrefixMemory memory(file_);
  EXPECT_THAT(told(memory, {"fd00:3::/64"}, start + 1000s),
              ElementsAre("fd00:3::/64", "fd00:1::/64 withdrawn", "fd00:2::/64 withdrawn"));
  EXPECT_EQ(memory.next(), start + 5410s);
}

TEST_F(PrefixMemoryTest, AClockThatWasWrongMakesItNoLonger) {
  {
    PrefixMemory memory(file_);
    told(memory, {"fd00:1::/64"}, start + std::chrono::hours(1000));
    told(memory, {}, start + std::chrono::hours(1000));
  }
  PrefixMemory memory(file_);
  told(memory, {}, start);
  EXPECT_EQ(memory.next(), start + render::advertised_validity);
}

TEST_F(PrefixMemoryTest, DamagedFilesAreForgotten) {
  for (const auto* text : {"", "{", "[1]", "[{}]", R"([{"lan": 1, "prefix": "fd00::/64"}])", R"([{"prefix": 5}])",
                           R"([{"lan": "home", "prefix": "192.0.2.0/24"}])", R"({"lan": "home"})"}) {
    ASSERT_TRUE(write_file(file_, text));
    PrefixMemory memory(file_);
    EXPECT_THAT(told(memory, {"fd00:1::/64"}, start), ElementsAre("fd00:1::/64")) << text;
  }
}

}  // namespace
}  // namespace fairlead::daemon
