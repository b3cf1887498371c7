// The lines in which two texts differ: patch(1) is the judge of the form, for texts made at random.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/file.hpp"
#include "core/render/text_diff.hpp"
#include "lab/process.hpp"

namespace fairlead::render {
namespace {

std::string diff(const std::string& before, const std::string& after) {
  return unified_diff(line_differences(before, after), "1", "2");
}

TEST(TextDiff, TheSameIsEmpty) {
  EXPECT_EQ(diff("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(diff("", ""), "");
}

TEST(TextDiff, ThreeLinesAroundAChange) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- 1\n+++ 2\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(TextDiff, FromNothingAndToNothing) {
  EXPECT_EQ(diff("", "a\n"), "--- 1\n+++ 2\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(diff("a\nb\n", ""), "--- 1\n+++ 2\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST(TextDiff, ControlCharactersReachNoTerminal) { EXPECT_EQ(diff("", "\x1b[2J\n").find('\x1b'), std::string::npos); }

/// Lines of few kinds, so that many are alike.
std::string some_lines(std::mt19937& random) {
  std::string text;
  for (auto count = random() % 40; count > 0; --count) text += std::string(1, "abcdefg"[random() % 7]) + "\n";
  return text;
}

TEST(TextDiff, PatchMakesTheSecondFromTheFirst) {
  const auto folder = testing::TempDir() + "text-diff";
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    const auto before = some_lines(random);
    const auto after = some_lines(random);
    ASSERT_TRUE(write_file(folder + "/text", before));
    const auto patched = lab::run({"patch", "-s", "-o", "-", folder + "/text"}, diff(before, after));
    if (before == after) continue;
    ASSERT_TRUE(patched) << patched.error().message;
    ASSERT_EQ(patched->out, after) << "from\n" << before << diff(before, after) << patched->err;
  }
  std::filesystem::remove_all(folder);
}

TEST(TextDiff, LongTextsTakeNoLongTime) {
  std::string before;
  std::string after;
  for (int i = 0; i < 50000; ++i) {
    before += "before " + std::to_string(i) + "\n";
    after += "after " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(line_differences("same\n" + before, "same\n" + after).size(), 100001U);
}

}  // namespace
}  // namespace fairlead::render
