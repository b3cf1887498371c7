#include "core/model/uplink_ids.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

Config with_uplinks(const std::vector<std::string>& names) {
  Config config;
  for (const auto& name : names) {
    config.wans.emplace_back();
    config.wans.back().name = name;
  }
  return config;
}

TEST(UplinkIds, KnownNamesKeepTheirsWhereverTheyStandInTheFile) {
  UplinkIds ids;
  ids.assign(with_uplinks({"a", "b"}));
  ids.assign(with_uplinks({"new", "b", "a"}));
  EXPECT_EQ(ids.of("a"), UplinkId{1});
  EXPECT_EQ(ids.of("b"), UplinkId{2});
  EXPECT_EQ(ids.of("new"), UplinkId{3});
}

TEST(UplinkIds, AnIdIsNotGivenAwayWhileAnotherIsFree) {
  UplinkIds ids;
  ids.assign(with_uplinks({"a", "b"}));
  ids.assign(with_uplinks({"b", "c"}));
  EXPECT_EQ(ids.of("c"), UplinkId{3}) << "connections of a may still carry its mark";
  ids.assign(with_uplinks({"a", "b", "c"}));
  EXPECT_EQ(ids.of("a"), UplinkId{1});
}

TEST(UplinkIds, IdsOfGoneUplinksAreGivenAwayWhenTheMaskIsFull) {
  auto config = with_uplinks({"a", "b"});
  config.router.mark_mask = MarkMask{0x3};
  UplinkIds ids;
  ids.assign(config);
  auto other = with_uplinks({"b", "c"});
  other.router.mark_mask = MarkMask{0x3};
  ids.assign(other);
  EXPECT_EQ(ids.of("c"), UplinkId{1});
}

TEST(UplinkIds, SurviveTheFile) {
  UplinkIds ids;
  ids.assign(with_uplinks({"a", "b"}));
  EXPECT_EQ(UplinkIds::from_json(ids.to_json()).value(), ids);
}

TEST(UplinkIds, ADamagedFileIsAnError) {
  for (const char* text :
       {"[]", "{\"a\": \"1\"}", "{\"a\": 0}", "{\"a\": 127}", "{\"a\": 1, \"b\": 1}", "{\"a\": 1.5}"})
    EXPECT_FALSE(UplinkIds::from_json(nlohmann::json::parse(text))) << text;
}

}  // namespace
}  // namespace fairlead
