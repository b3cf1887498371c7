// Events, conditions and their effects as values.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/compile/effects.hpp"
#include "core/model/event.hpp"
#include "core/model/snapshot.hpp"
#include "support/sample.hpp"

namespace fairlead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WallTime, KeepsMilliseconds) {
  const WallTime time{std::chrono::milliseconds(1'769'860'800'007)};
  EXPECT_EQ(to_text(time), "2026-01-31T12:00:00Z");
  EXPECT_EQ(to_precise_text(time), "2026-01-31T12:00:00.007Z");
  EXPECT_EQ(parse_time("2026-01-31T12:00:00.007Z"), time);
  EXPECT_EQ(parse_time("2026-01-31T12:00:00Z"), time - std::chrono::milliseconds(7));
  for (const auto* wrong : {"", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00.7Z",
                            "2026-01-31T12:00:00.0007Z", "2026-01-31T12:00:00.-07Z", "2026-01-31T12:00:00Zx"})
    EXPECT_EQ(parse_time(wrong), std::nullopt) << wrong;
}

TEST(Event, IsOneLine) {
  Event event{{}, "uplink", "cable1", "up", "down", "no target answers", "new connections go over lte"};
  EXPECT_EQ(to_text(event), "uplink cable1: up → down: no target answers; new connections go over lte");
  event.before = "down";
  event.effect = "";
  EXPECT_EQ(to_text(event), "uplink cable1: is down: no target answers");
  event.why = "two\nlines";
  EXPECT_EQ(to_text(event), "uplink cable1: is down: two\\u000alines");
}

TEST(Event, SurvivesJson) {
  const Event event{WallTime{std::chrono::milliseconds(1'769'860'800'007)}, "tier", "IPv4", "1", "none", "w", "e"};
  EXPECT_EQ(event_from_json(to_json(event)), event);
  EXPECT_FALSE(event_from_json({{"time", 5}}));
  EXPECT_FALSE(event_from_json(nlohmann::json::array()));
}

TEST(Snapshot, CarriesConditions) {
  Snapshot snapshot;
  snapshot.conditions.push_back({"uplink-down", "lte", WallTime{std::chrono::seconds(7)}, "why", "effect"});
  const auto read = snapshot_from_json(to_json(snapshot));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->conditions, snapshot.conditions);
}

class Effects : public testing::Test {
 protected:
  Effects() : config_(sample::config()), facts_(sample::facts()), ids_(sample::ids(config_)) {}

  void judge(const std::string& name, Verdict verdict) { health_.uplinks[ids_.of(name)] = {verdict, "because"}; }
  [[nodiscard]] std::vector<compile::Uplink> uplinks() const {
    return compile::resolve_uplinks(config_, facts_, health_, ids_);
  }
  [[nodiscard]] std::string effect(const std::string& name) const {
    const auto all = uplinks();
    return compile::effect_of(*std::ranges::find(all, ids_.of(name), &compile::Uplink::id), all);
  }
  [[nodiscard]] std::vector<std::string> conditions() const {
    std::vector<std::string> texts;
    for (const auto& condition : compile::uplink_conditions(uplinks())) texts.push_back(to_text(condition));
    return texts;
  }

  Config config_;
  Facts facts_;
  UplinkIds ids_;
  Health health_;
};

TEST_F(Effects, NothingIsAbnormalWhileAllAreUp) {
  EXPECT_THAT(conditions(), IsEmpty());
  EXPECT_EQ(effect("cable1"), "it takes new connections");
}

TEST_F(Effects, TheOthersTakeTheShareOfOneThatIsDown) {
  judge("cable1", Verdict::down);
  EXPECT_THAT(conditions(), ElementsAre("uplink-down cable1: because; new connections go over cable2 and cable3"));
}

TEST_F(Effects, ADegradedOneWaitsBehindTheOthersOrServesAllTheSame) {
  judge("cable1", Verdict::degraded);
  EXPECT_EQ(effect("cable1"), "new connections go over cable2 and cable3");
  judge("cable2", Verdict::degraded);
  judge("cable3", Verdict::down);
  EXPECT_EQ(effect("cable1"), "it takes new connections all the same: nothing better is there");
}

TEST_F(Effects, ADrainingOneKeepsItsConnections) {
  judge("cable3", Verdict::draining);
  EXPECT_THAT(conditions(), ElementsAre("uplink-draining cable3: because; it keeps its connections; "
                                        "new connections go over cable1 and cable2"));
}

TEST_F(Effects, AWorseTierWaits) {
  config_.wans[2].tier = 2;
  EXPECT_EQ(effect("cable3"), "it waits in tier 2; new connections go over cable1 and cable2");
  judge("cable1", Verdict::down);
  judge("cable2", Verdict::down);
  EXPECT_EQ(effect("cable1"), "new connections go over cable3");
  EXPECT_EQ(compile::tier_in_use(uplinks(), Family::v4), 2);
}

TEST_F(Effects, WithoutAnyUplinkTheLanIsRefused) {
  for (const auto* name : {"cable1", "cable2", "cable3"}) judge(name, Verdict::down);
  EXPECT_THAT(conditions(), ElementsAre("no-uplink IPv4: no uplink is usable; LAN to outside is refused at once",
                                        "no-uplink IPv6: no uplink is usable; LAN to outside is refused at once",
                                        "uplink-down cable1: because; LAN to outside is refused at once",
                                        "uplink-down cable2: because; LAN to outside is refused at once",
                                        "uplink-down cable3: because; LAN to outside is refused at once"));
}

TEST_F(Effects, FamiliesAreToldApartWhereTheyDiffer) {
  config_.wans[1].addresses.pop_back();  // cable2 has IPv4 only
  config_.wans[1].gateways.pop_back();
  config_.wans[2].addresses.pop_back();
  config_.wans[2].gateways.pop_back();
  judge("cable1", Verdict::down);
  EXPECT_EQ(effect("cable1"),
            "IPv4: new connections go over cable2 and cable3; IPv6: LAN to outside is refused at once");
  EXPECT_EQ(effect("cable2"), "it takes new connections") << "IPv6 is not its business";
}

TEST_F(Effects, AFamilyThatNoUplinkHasIsNotMissed) {
  for (auto& wan : config_.wans) {
    wan.addresses.pop_back();
    wan.gateways.pop_back();
  }
  EXPECT_THAT(conditions(), IsEmpty());
}

TEST_F(Effects, UplinksThatHaveLostEveryAddressAreMissed) {
  for (auto& wan : config_.wans) {
    wan.addresses.clear();
    wan.gateways.clear();
  }
  EXPECT_THAT(conditions(),
              testing::Contains("no-uplink IPv4: no uplink is usable; LAN to outside is refused at once"));
}

}  // namespace
}  // namespace fairlead
