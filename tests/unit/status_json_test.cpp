// What programs read of status and flows, against the tables of docs/status.md; tests/lab asks real routers.
#include <gmock/gmock.h>

#include "../support/json_table.hpp"
#include "../support/sample_snapshot.hpp"
#include "core/flows/flow_book.hpp"

namespace fairlead {
namespace {

using testing::Contains;
using testing::IsEmpty;

const std::string document = SOURCE_FOLDER "/docs/status.md";

TEST(StatusJson, HasTheFieldsOfTheTableAndNoOthers) {
  JsonTable table(document, "## The JSON of status");
  auto full = sample::snapshot();
  full.forwards = full.policies;
  full.pair->ours.uplinks = full.pair->theirs->uplinks = {{"cable1", "up", "", true}};
  EXPECT_THAT(table.complaints(to_json(full)), IsEmpty());
  EXPECT_THAT(table.unseen(), IsEmpty());
}

TEST(StatusJson, WhatIsAlwaysThereIsThereWhenNothingIsKnown) {
  JsonTable table(document, "## The JSON of status");
  Snapshot bare;
  bare.uplinks.emplace_back();
  bare.lans.emplace_back();
  bare.policies.emplace_back();
  bare.conditions.emplace_back();
  bare.pair.emplace();
  EXPECT_THAT(table.complaints(to_json(bare)), IsEmpty());
  EXPECT_THAT(table.unseen(), Contains("uplinks[].probes"));
}

TEST(StatusJson, TheComparisonFindsWhatIsWrong) {
  JsonTable table(document, "## The JSON of status");
  auto json = to_json(sample::snapshot());
  json["uplinks"][0]["ipv4"]["news"] = 1;
  json["uplinks"][1].erase("why");
  json["started"] = "yesterday";
  json["pair"].erase("theirs");
  EXPECT_THAT(table.complaints(json),
              testing::UnorderedElementsAre("uplinks[].ipv4.news is not in the table", "uplinks[].why is missing",
                                            "started is no time: \"yesterday\""));
}

TEST(FlowsJson, HasTheFieldsOfTheTableAndNoOthers) {
  JsonTable table(document, "## The JSON of flows");
  flows::Flow full;
  full.uplink = full.policy = full.forward = full.state = "x";
  full.down = full.up = 1;
  full.started = WallTime();
  const auto answer = [](const flows::Flow& flow) { return flows::answer_json({flow}, 1, WallTime()); };
  EXPECT_THAT(table.complaints(answer({})), IsEmpty());
  EXPECT_THAT(table.complaints(answer(full)), IsEmpty());
  EXPECT_THAT(table.unseen(), IsEmpty());
}

}  // namespace
}  // namespace fairlead
