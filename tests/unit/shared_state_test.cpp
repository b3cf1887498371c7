// What the routers of a pair tell each other of their uplinks.
#include <gmock/gmock.h>

#include "core/pair/shared_state.hpp"

namespace fairlead::pair {
namespace {

using namespace std::chrono_literals;

const Clocks left{1000s, WallTime(5000s)};
const Clocks right{70s, WallTime(4990s)};

SharedState sample() {
  SharedState state;
  state.ids = UplinkIds::from_json(nlohmann::json{{"cable1", 2}, {"cable2", 1}}).value();
  state.macs = {{"eth2", "02:16:3e:00:00:07"}};
  Lease lease;
  lease.link = "p-eth2";
  lease.address = Prefix::parse("100.64.1.2/24").value();
  lease.gateways = {IpAddress::parse("100.64.1.1").value()};
  lease.taken = 900s;
  lease.lifetime = 3600s;
  state.leases = {lease};
  state.overrides = nlohmann::json{{"cable1", {{"kind", "drain"}}}};
  state.down = {"cable2"};
  state.held = {{"cable1", WallTime(5060s)}};
  return state;
}

TEST(SharedState, ArrivesInTheClocksOfTheOtherRouter) {
  const auto document = to_json(sample(), left);
  ASSERT_TRUE(is_shared_state(document));
  const auto arrived = shared_state_from_json(document, right);
  ASSERT_TRUE(arrived) << arrived.error().message;
  auto expected = sample();
  expected.leases.front().taken = -30s;  // 100 s ago, before this router was switched on
  expected.held = {{"cable1", WallTime(5050s)}};
  EXPECT_EQ(*arrived, expected);
}

TEST(SharedState, WhatIsWrongIsRefusedAsAWhole) {
  struct Case {
    const char* what;
    void (*spoil)(nlohmann::json& inner);
  };
  const std::vector<Case> cases{
      {"no ids", [](auto& inner) { inner.erase("ids"); }},
      {"an id that is none", [](auto& inner) { inner["ids"]["cable1"] = 127; }},
      {"two of one id", [](auto& inner) { inner["ids"]["cable2"] = 2; }},
      {"a MAC address of a group", [](auto& inner) { inner["macs"]["eth2"] = "01:16:3e:00:00:07"; }},
      {"a MAC address of letters", [](auto& inner) { inner["macs"]["eth2"] = "02:16:3e:00:00:zz"; }},
      {"a lease without an address", [](auto& inner) { inner["leases"][0]["lease"].erase("address"); }},
      {"an age of words", [](auto& inner) { inner["leases"][0]["age"] = "old"; }},
      {"a hold of words", [](auto& inner) { inner["held"]["cable1"] = "long"; }},
      {"down of numbers", [](auto& inner) { inner["down"] = 7; }},
  };
  for (const auto& [what, spoil] : cases) {
    auto document = to_json(sample(), left);
    spoil(document["uplinks"]);
    EXPECT_FALSE(shared_state_from_json(document, right)) << what;
  }
}

}  // namespace
}  // namespace fairlead::pair
