#include "base/text.hpp"

#include <gmock/gmock.h>

#include <array>

namespace fairlead {
namespace {

using testing::ElementsAre;

TEST(Nearest, FindsSlipsOfThePen) {
  constexpr std::array<std::string_view, 5> words{"weight", "interface", "up", "down", "tier"};
  EXPECT_EQ(nearest("wieght", words), "weight");
  EXPECT_EQ(nearest("interfaces", words), "interface");
  EXPECT_EQ(nearest("donw", words), "down");
  EXPECT_EQ(nearest("teir", words), "tier");
  EXPECT_EQ(nearest("ups", words), "up");
}

TEST(Nearest, SaysNothingRatherThanSomethingFarOff) {
  constexpr std::array<std::string_view, 3> words{"weight", "up", "tier"};
  EXPECT_EQ(nearest("colour", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("x", words), "");
  EXPECT_EQ(nearest("weight", {}), "");
  EXPECT_EQ(nearest(std::string(10'000'000, 'w'), words), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(Join, PutsSeparatorsBetween) {
  const std::vector<std::string> parts{"a", "", "c"};
  EXPECT_EQ(join(parts, ", "), "a, , c");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Visible, ShowsControlCharactersAndNothingElseDifferently) {
  EXPECT_EQ(visible("plain \"text\" \\ é ключ …"), "plain \"text\" \\ é ключ …");
  EXPECT_EQ(visible(std::string("a\0b\n\x1b[2J\x7f", 9)), "a\\u0000b\\u000a\\u001b[2J\\u007f");
  EXPECT_EQ(visible("\xc2\x9b"), "\\u009b");
  EXPECT_EQ(visible("\xc2\xa0\xc2"), "\xc2\xa0\xc2");
}

TEST(InOneLine, PutsLinesBehindOneAnother) {
  EXPECT_EQ(in_one_line("it lacks:\n  this\n  that\n\nload it"), "it lacks: this that load it");
  EXPECT_EQ(in_one_line(""), "");
}

TEST(StableHash, NeverChanges) {
  // FNV-1a's published values: kernels remember fingerprints that older versions made.
  EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325U);
  EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8U);
  EXPECT_NE(stable_hash("a", 1), stable_hash("a"));
}

}  // namespace
}  // namespace fairlead
