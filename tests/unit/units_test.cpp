#include "base/units.hpp"

#include <gmock/gmock.h>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("12h"), 12h);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const auto* text : {"", "10", "s", "-1s", "+1s", "1.5s", "10 s", " 10s", "10s ", "10S", "10min", "1e3s",
                           "9223372036854775807d", "99999999999999999999s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, PrintsWhatItWouldRead) {
  for (const auto* text : {"0ms", "1ms", "1500ms", "90s", "10m", "12h", "24h", "30d"})
    EXPECT_EQ(to_text(parse_duration(text).value()), text);
}

TEST(Bitrate, ReadsPowersOfAThousand) {
  EXPECT_EQ(Bitrate::parse("5bit")->bits_per_second, 5);
  EXPECT_EQ(Bitrate::parse("16kbit")->bits_per_second, 16'000);
  EXPECT_EQ(Bitrate::parse("2.5gbit")->bits_per_second, 2'500'000'000);
  EXPECT_EQ(Bitrate::parse("0.5mbit")->bits_per_second, 500'000);
}

TEST(Bitrate, RefusesWhatIsNone) {
  for (const auto* text : {"", "50", "mbit", "0mbit", "-5mbit", "0.1bit", "5Mbit", "5 mbit", "5mbit/s", "infmbit",
                           "nanmbit", "1e3mbit", "1000001gbit"})
    EXPECT_FALSE(Bitrate::parse(text)) << text;
}

TEST(Bitrate, PrintsTheLargestWholeUnit) {
  for (const auto* text : {"5bit", "16kbit", "50mbit", "1500mbit", "2gbit"})
    EXPECT_EQ(Bitrate::parse(text)->to_text(), text);
}

TEST(EventRate, ReadsAndPrints) {
  for (const auto* text : {"50/second", "5/minute", "1/hour", "4294967295/day"})
    EXPECT_EQ(EventRate::parse(text)->to_text(), text);
  for (const auto* text :
       {"", "0/second", "-1/second", "5", "5/", "5/week", "5/seconds", "5 /second", "/second", "4294967296/day"})
    EXPECT_FALSE(EventRate::parse(text)) << text;
}

}  // namespace
}  // namespace fairlead
