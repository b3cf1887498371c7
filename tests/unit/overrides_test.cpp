#include "daemon/overrides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "daemon/wan_request.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;

class OverridesTest : public testing::Test {
 protected:
  OverridesTest() {
    for (const auto* name : {"cable", "lte"}) {
      config_.wans.emplace_back();
      config_.wans.back().name = name;
    }
    ids_.assign(config_);
  }
  ~OverridesTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Overrides load() const {
    auto overrides = Overrides::load(path_);
    EXPECT_TRUE(overrides) << overrides.error().message;
    return *std::move(overrides);
  }
  [[nodiscard]] UplinkHealth cable(const Overrides& overrides, Verdict judged = Verdict::up) const {
    Health health;
    health.uplinks[ids_.of("cable")] = {judged, judged == Verdict::up ? "" : "judged"};
    return overrides.over(health, config_, ids_).of(ids_.of("cable"));
  }

  const std::string folder_ =
      testing::TempDir() + "overrides-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = folder_ + "/overrides.json";
  const WallTime now_ = *parse_time("2026-01-31T12:00:00Z");
  Config config_;
  UplinkIds ids_;
};

TEST_F(OverridesTest, AWordIsKeptOverARestartUntilItIsUndone) {
  auto first = load();
  ASSERT_TRUE(first.set("cable", Override{Override::Kind::disable, std::nullopt}));
  auto second = load();
  EXPECT_EQ(cable(second).verdict, Verdict::down);
  EXPECT_THAT(cable(second).why, testing::HasSubstr("fairlead wan enable cable"));
  ASSERT_TRUE(second.set("cable", std::nullopt));
  EXPECT_EQ(cable(load()).verdict, Verdict::up);
}

TEST_F(OverridesTest, ItsTimeEndsAlsoWhileNobodyRuns) {
  auto first = load();
  ASSERT_TRUE(first.set("cable", Override{Override::Kind::drain, now_ + 10min}));
  EXPECT_EQ(first.next(), now_ + 10min);
  ASSERT_TRUE(first.tidy(config_, now_ + 9min));
  EXPECT_EQ(cable(first).verdict, Verdict::draining);
  auto second = load();
  ASSERT_TRUE(second.tidy(config_, now_ + 10min));
  EXPECT_EQ(cable(second).verdict, Verdict::up);
  EXPECT_FALSE(second.next());
  EXPECT_EQ(cable(load()).verdict, Verdict::up);
}

TEST_F(OverridesTest, AnUplinkThatHasFailedIsNotMadeBetterByDrainingIt) {
  auto overrides = load();
  ASSERT_TRUE(overrides.set("cable", Override{Override::Kind::drain, std::nullopt}));
  EXPECT_EQ(cable(overrides, Verdict::down), (UplinkHealth{Verdict::down, "judged"}));
  EXPECT_EQ(cable(overrides, Verdict::degraded).verdict, Verdict::draining);
}

TEST_F(OverridesTest, AnUplinkThatLeavesTheFileTakesItsWordAlong) {
  auto overrides = load();
  ASSERT_TRUE(overrides.set("lte", Override{Override::Kind::disable, std::nullopt}));
  auto without = config_;
  without.wans.pop_back();
  ASSERT_TRUE(overrides.tidy(without, now_));
  EXPECT_EQ(load().over({}, config_, ids_).of(ids_.of("lte")).verdict, Verdict::up);
}

TEST_F(OverridesTest, ADamagedFileIsToldWithARemedy) {
  for (const auto* text : {"", "[]", R"({"cable": 1})", R"({"cable": {"kind": "x"}})",
                           R"({"cable": {"kind": "drain", "until": "soon"}})"}) {
    ASSERT_TRUE(write_file(path_, text));
    const auto loaded = Overrides::load(path_);
    ASSERT_FALSE(loaded) << text;
    EXPECT_THAT(loaded.error().message, testing::AllOf(testing::HasSubstr(path_), testing::HasSubstr("remove it")));
  }
}

TEST_F(OverridesTest, RequestsAreChecked) {
  const auto read = [&](const char* text) { return read_wan_request(nlohmann::json::parse(text), now_); };
  const auto limited = read(R"({"action": "disable", "uplink": "lte", "for_ms": 60000})");
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->wanted, (Override{Override::Kind::disable, now_ + 1min}));
  EXPECT_FALSE(read(R"({"action": "enable", "uplink": "lte"})")->wanted);
  for (const auto* bad :
       {R"({"action": "disable"})", R"({"uplink": "lte"})", R"({"action": 5, "uplink": "lte"})",
        R"({"action": "enable", "uplink": "lte", "for_ms": 1})", R"({"action": "drain", "uplink": ["lte"]})",
        R"({"action": "drain", "uplink": "lte", "for_ms": 0})",
        R"({"action": "drain", "uplink": "lte", "for_ms": 1e99})",
        R"({"action": "drain", "uplink": "lte", "for_ms": "10m"})"})
    EXPECT_FALSE(read(bad)) << bad;
}

}  // namespace
}  // namespace fairlead::daemon
