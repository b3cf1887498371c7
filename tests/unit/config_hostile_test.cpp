// Purpose: texts that nobody writes by accident: they must be answered, quickly, like any other.
#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "core/config/parse.hpp"

namespace fairlead::config {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int count = 0; count < times; ++count) result += text;
  return result;
}

TEST(ConfigHostile, EveryByteIsAnswered) {
  for (const auto& text : {"\0"s,
                           "\xff\xfe"s,
                           "a\0b = 1"s,
                           "\"\\u0000\" = 1"s,
                           "[lan.\"\\u0000\"]\ninterface = \"\\u0000\""s,
                           "\xef\xbb\xbf"s,
                           "a = \"\xc3\x28\""s,
                           "a = 99999999999999999999"s,
                           "a = 1e999999999"s,
                           "a = nan"s,
                           "a = 0x"s,
                           "a = 1979-99-99"s,
                           "a = '''"s,
                           "a = \"\\uD800\""s,
                           "\r"s,
                           "[[[[[["s,
                           "]]]]"s,
                           "a.b.c = 1\na.b = 2"s,
                           "a = [1, \"x\", {b = [[]]}]"s,
                           "= 1"s,
                           "[]"s,
                           "[[a]]\n[a]"s}) {
    const auto parsed = parse(text);
    EXPECT_FALSE(parsed.config) << text;
    EXPECT_THAT(parsed.diagnostics, Not(testing::IsEmpty())) << text;
    for (const auto& diagnostic : parsed.diagnostics) {
      EXPECT_GE(diagnostic.where.line, 1);
      EXPECT_GE(diagnostic.where.column, 1);
      EXPECT_THAT(diagnostic.message, Not(HasSubstr("\n")));
      EXPECT_FALSE(diagnostic.message.contains('\0'));
    }
  }
}

TEST(ConfigHostile, NestingIsRefusedAndDoesNotExhaustTheStack) {
  for (const auto& text :
       {"a" + repeated(".a", 100'000) + " = 1", "[a" + repeated(" . 'a#'", 100'000) + "]",
        "x = {a" + repeated(".\"=\\\"\"", 100'000) + "= 1}", "a = " + repeated("[", 100'000),
        "a = " + repeated("{a=", 100'000), "# \"\n[a" + repeated(".a", 100'000) + "]",
        "x = \"\"\"\"\"\n\"\"\"\na" + repeated(".a", 100'000) + " = 1", "x = '\n[a" + repeated(".a", 100'000) + "]"}) {
    const auto parsed = parse(text);
    EXPECT_FALSE(parsed.config);
    EXPECT_THAT(parsed.diagnostics, SizeIs(1));
  }
}

TEST(ConfigHostile, DotsInTextAndCommentsAreNoNesting) {
  const auto parsed =
      parse("# " + repeated(".", 1000) + "\n[lan.home]\ninterface = \"eth0\"\n[wan.a]\ninterface = 'eth1'\n" +
            "[router]\nhook = \"\"\"" + repeated(".", 1000) + "\"\"\"\n");
  ASSERT_THAT(parsed.diagnostics, SizeIs(1));
  EXPECT_THAT(parsed.diagnostics[0].message, HasSubstr("…"));
  EXPECT_LT(parsed.diagnostics[0].message.size(), 200);
}

TEST(ConfigHostile, AFileThatIsTooLargeIsNotRead) {
  EXPECT_THAT(parse(std::string(std::size_t{17} << 20U, ' ')).diagnostics.at(0).message, HasSubstr("16 MiB"));
}

/// Ten thousand policies and forwards are checked against each other in less than the apply may take.
TEST(ConfigHostile, LargeFilesAreQuick) {
  std::string text = "[lan.home]\ninterface = \"eth0\"\naddress = \"10.0.0.1/8\"\n[wan.a]\ninterface = \"eth1\"\n";
  for (int index = 0; index < 10'000; ++index) {
    const auto host = std::to_string(index / 200 + 1) + "." + std::to_string(index % 200 + 1);
    text += "[[policy]]\nsource = \"10.0.0.0/8\"\ndestination = \"198.18." + host +
            "\"\nprotocol = \"tcp\"\nport = 443\nuse = \"a\"\n";
    text += "[[forward]]\nport = " + std::to_string(index + 1) + "\nto = \"10.1." + host + "\"\n";
  }
  const auto start = std::chrono::steady_clock::now();
  const auto parsed = parse(text);
  const auto taken = std::chrono::steady_clock::now() - start;
  EXPECT_TRUE(parsed.config);
  RecordProperty("milliseconds",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(taken).count()));
  // Generous, for sanitizers and loaded machines; what is quadratic in earnest takes far longer.
  EXPECT_LT(taken, std::chrono::seconds(20));
}

}  // namespace
}  // namespace fairlead::config
