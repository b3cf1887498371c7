#include "daemon/verdict_memory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"

namespace fairlead::daemon {
namespace {

class VerdictMemoryTest : public testing::Test {
 protected:
  ~VerdictMemoryTest() override { std::filesystem::remove_all(folder_); }
  const std::string folder_ =
      testing::TempDir() + "verdicts-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = folder_ + "/verdicts.json";
};

TEST_F(VerdictMemoryTest, KnowsWhatWasDown) {
  VerdictMemory first(path_);
  EXPECT_TRUE(first.down().empty());
  Health health;
  health.uplinks[UplinkId{1}] = {Verdict::down, "x"};
  health.uplinks[UplinkId{2}] = {Verdict::degraded, "x"};
  health.uplinks[UplinkId{3}] = {Verdict::held, "x"};
  ASSERT_TRUE(first.remember(health));
  EXPECT_EQ(VerdictMemory(path_).down(), (std::set{UplinkId{1}}));
  ASSERT_TRUE(first.remember({}));
  EXPECT_TRUE(VerdictMemory(path_).down().empty());
}

TEST_F(VerdictMemoryTest, ADamagedFileTellsOfNone) {
  for (const auto* damaged : {"", "{", "[]", R"({"down": 3})", R"({"down": ["a", -1, 0, 300, 1.5]})"}) {
    ASSERT_TRUE(write_file(path_, damaged));
    EXPECT_TRUE(VerdictMemory(path_).down().empty()) << damaged;
  }
}

}  // namespace
}  // namespace fairlead::daemon
