#include <gmock/gmock.h>

#include "core/plan/difference.hpp"
#include "support/sample.hpp"

namespace fairlead {
namespace {

State wanted() {
  const auto config = sample::config();
  return compile::compile(config, sample::facts(), {}, sample::ids(config)).state;
}

/// Carries a plan out on values; nft is left to the tests with a kernel.
void carry_out(const Step& step, ObservedState& have) {
  const auto remove = [](auto& list, const auto& object) { std::erase(list, object); };
  if (const auto* set = std::get_if<SetSysctl>(&step)) have.sysctls[set->path] = set->after;
  if (const auto* link = std::get_if<SetLinkUp>(&step))
    link->up ? have.links_up.push_back(link->link) : remove(have.links_up, link->link);
  if (const auto* add = std::get_if<Add<AddressState>>(&step)) have.addresses.push_back(add->object);
  if (const auto* gone = std::get_if<Remove<AddressState>>(&step)) remove(have.addresses, gone->object);
  if (const auto* add = std::get_if<Add<RouteState>>(&step)) have.routes.push_back(add->object);
  if (const auto* gone = std::get_if<Remove<RouteState>>(&step)) remove(have.routes, gone->object);
  if (const auto* add = std::get_if<Add<RuleState>>(&step)) have.rules.push_back(add->object);
  if (const auto* gone = std::get_if<Remove<RuleState>>(&step)) remove(have.rules, gone->object);
  if (const auto* replace = std::get_if<ReplaceRoute>(&step)) {
    remove(have.routes, replace->before);
    have.routes.push_back(replace->after);
  }
}

void sort_all(ObservedState& state) {
  std::ranges::sort(state.links_up);
  std::ranges::sort(state.addresses);
  std::ranges::sort(state.routes);
  std::ranges::sort(state.rules);
}

TEST(Plan, WhatIsThereNeedsNoStep) { EXPECT_TRUE(plan::difference(wanted(), observed(wanted())).empty()); }

TEST(Plan, EveryStepHasAnInverseThatLeadsBack) {
  ObservedState have;
  for (const auto& [path, value] : wanted().sysctls) have.sysctls[path] = "before";
  const auto start = have;
  const auto plan = plan::difference(wanted(), have);
  for (const auto& step : plan.steps) carry_out(step, have);
  have.nft = observed(wanted()).nft;
  sort_all(have);
  EXPECT_EQ(have, observed(wanted()));
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step)
    if (const auto back = inverse(*step)) carry_out(*back, have);
  have.nft.reset();
  EXPECT_EQ(have, start);
}

TEST(Plan, ForwardingIsSwitchedOnOnlyBehindTheFilter) {
  ObservedState have;
  for (const auto& [path, value] : wanted().sysctls) have.sysctls[path] = "0";
  const auto plan = plan::difference(wanted(), have);
  const auto place = [&](const auto& is) { return std::ranges::find_if(plan.steps, is) - plan.steps.begin(); };
  const auto filter = place([](const Step& step) { return std::holds_alternative<RunNft>(step); });
  for (const char* path : {"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"})
    EXPECT_GT(place([&](const Step& step) {
                const auto* set = std::get_if<SetSysctl>(&step);
                return set != nullptr && set->path == path;
              }),
              filter)
        << path;
}

TEST(Plan, AForeignAddressSatisfiesAWishAndIsNeverRemoved) {
  auto have = observed(wanted());
  have.foreign_addresses = {have.addresses.back()};
  have.addresses.pop_back();
  EXPECT_TRUE(plan::difference(wanted(), have).empty());
  have.foreign_addresses.push_back({"eth1", sample::prefix("10.9.9.9/24")});
  EXPECT_TRUE(plan::difference(wanted(), have).empty());
}

TEST(Plan, NothingWantedRemovesEverything) {
  const auto plan = plan::difference({}, observed(wanted()));
  for (const auto& step : plan.steps)
    EXPECT_FALSE(std::holds_alternative<Add<RouteState>>(step) || std::holds_alternative<Add<RuleState>>(step) ||
                 std::holds_alternative<Add<AddressState>>(step))
        << to_text(step);
  EXPECT_THAT(to_text(plan), testing::HasSubstr("delete table inet fairlead"));
}

class PlanOfDoors : public testing::Test {
 protected:
  void SetUp() override {
    lan_.link = "eth0";
    uplink_.link = "eth1";
    uplink_.uplink = UplinkId{1};
    uplink_.table = TableId{7001};
    want_ = wanted();
    want_.datapath = DatapathState{MarkMask{}, true, {}};
    want_.doors = {lan_, uplink_};
  }
  DoorState lan_;
  DoorState uplink_;
  State want_;
};

TEST_F(PlanOfDoors, WhatIsThereNeedsNoStep) { EXPECT_TRUE(plan::difference(want_, observed(want_)).empty()); }

TEST_F(PlanOfDoors, AnEarlierRunsProgramIsReplacedInPlace) {
  auto have = observed(want_);
  have.doors[1] = DoorState::outdated_at("eth1");
  const auto plan = plan::difference(want_, have);
  ASSERT_EQ(plan.steps.size(), 1);
  EXPECT_EQ(plan.steps[0], Step(SetDoor{DoorState::outdated_at("eth1"), uplink_}));
  EXPECT_EQ(inverse(plan.steps[0]), Step(SetDoor{uplink_, DoorState::outdated_at("eth1")}));
}

TEST_F(PlanOfDoors, ProgramsKnowBeforeTheyAreThereAndGoBeforeAnythingElse) {
  const auto opening = plan::difference(want_, observed(wanted()));
  ASSERT_EQ(opening.steps.size(), 3);
  EXPECT_TRUE(std::holds_alternative<SetDatapath>(opening.steps[0]));
  const auto closing = plan::difference({}, observed(want_));
  EXPECT_EQ(closing.steps[0], Step(SetDoor{lan_, std::nullopt}));
  EXPECT_EQ(closing.steps[1], Step(SetDoor{uplink_, std::nullopt}));
}

TEST(Plan, AFlowtableIsMadeAnewWhenItsDevicesChangeOrWhatTheyCan) {
  State want;
  want.nft.flowtables["fast"].devices = {"eth0", "eth1"};
  want.nft.chains["forward"].rules = {{"ct state established flow add @fast", ""}};
  auto have = observed(want);
  EXPECT_TRUE(plan::difference(want, have).empty());
  have.nft->flowtables["fast"].devices = {"eth0"};
  const auto text = to_text(plan::difference(want, have));
  const auto order = [&](const char* what) { return text.find(what); };
  EXPECT_LT(order("flush chain inet fairlead forward"), order("delete flowtable inet fairlead fast"));
  EXPECT_LT(order("delete flowtable"), order("add flowtable inet fairlead fast"));
  EXPECT_LT(order("add flowtable"), order("add rule inet fairlead forward"));
  want.nft.flowtables["fast"].in_hardware = true;
  EXPECT_TRUE(plan::difference(want, observed(want)).empty());
  have.nft->flowtables["fast"].devices = {"eth0", "eth1"};
  EXPECT_THAT(to_text(plan::difference(want, have)),
              testing::HasSubstr(
                  "add flowtable inet fairlead fast { hook ingress priority 0; devices = { \"eth0\", \"eth1\" }; "
                  "flags offload; }"));
}

}  // namespace
}  // namespace fairlead
