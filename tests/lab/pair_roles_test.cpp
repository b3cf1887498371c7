// Which router of a pair is active: by an administrator's word, when Fairlead ends or is killed, over reloads.
#include <filesystem>
#include <fstream>

#include "../support/json_table.hpp"
#include "line_reader.hpp"
#include "pair_roles_fixture.hpp"

namespace fairlead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(PairRoles, StatusIsAsTheDocumentSays) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  for (const auto* router : {"left", "right"}) ASSERT_NO_FATAL_FAILURE(start_router(router));
  ASSERT_TRUE(takes_the_role("left"));
  ASSERT_TRUE(hear_each_other());
  JsonTable table(SOURCE_FOLDER "/docs/status.md", "## The JSON of status");
  EXPECT_TRUE(
      lab::wait_until([&] { return status("right").contains("/pair/connections"_json_pointer); }, lab::in(20s)));
  for (const auto* router : {"left", "right"}) EXPECT_THAT(table.complaints(status(router)), testing::IsEmpty());
  for (const auto& path : table.unseen()) EXPECT_THAT(path, Not(testing::StartsWith("pair"))) << "is never there";
}

TEST_F(PairRoles, AnAdministratorMovesTheRole) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  const auto hook = (lab_->folder() / "hook").string();
  const auto told = (lab_->folder() / "told").string();
  std::ofstream(hook) << "#!/bin/sh\necho \"$FAIRLEAD_KIND|$FAIRLEAD_BEFORE|$FAIRLEAD_AFTER\" >> " + told +
                             ".$FAIRLEAD_NAME\n";
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  auto toml = pair_of_two_uplinks;
  toml.replace(toml.find("name = \"left\""), 13, "name = \"left\"\nhook = \"" + hook + "\"");
  write(toml);
  for (const auto* router : {"left", "right"}) ASSERT_NO_FATAL_FAILURE(start_router(router));
  ASSERT_TRUE(takes_the_role("left"));
  ASSERT_TRUE(hear_each_other());
  auto monitor = host("right").start(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "monitor", {"--json"}, "right"));
  ASSERT_TRUE(monitor);
  LineReader lines(monitor->out());
  ASSERT_TRUE(lines.next(lab::in(5s)));

  EXPECT_THAT(fairlead("right", "pair").out, AllOf(HasSubstr("left    active"), HasSubstr("right   standby")));
  EXPECT_THAT(refusal("right", "yield"), HasSubstr("this router is not the active one"));
  EXPECT_THAT(refusal("left", "takeover"), HasSubstr("this router is the active one already"));
  auto blaster = blast();
  ASSERT_TRUE(lab::wait_until([&] { return blaster->received() > 100; }, lab::in(10s)));
  must("left", "yield");
  EXPECT_TRUE(takes_the_role("right"));
  const auto event = lines.find(R"("kind":"pair","name":"right")", lab::in(5s));
  EXPECT_THAT(event.value_or(""), AllOf(HasSubstr(R"("after":"active","before":"standby")"), HasSubstr("gave it up")));
  must("left", "takeover");
  EXPECT_TRUE(takes_the_role("left"));
  EXPECT_TRUE(lines.find(R"("after":"standby","before":"leaving")", lab::in(5s)));

  must("left", "maintenance");
  EXPECT_TRUE(takes_the_role("right"));
  EXPECT_THAT(refusal("left", "takeover"), HasSubstr("`fairlead pair service` ends it"));
  EXPECT_THAT(refusal("right", "yield"), HasSubstr("left does not take it: maintenance"));
  EXPECT_THAT(refusal("right", "maintenance"), HasSubstr("left is out for maintenance"));
  EXPECT_TRUE(has_conditions("left", {"maintenance"}));
  EXPECT_TRUE(has_conditions("right", {"peer-maintenance"}));
  EXPECT_EQ(pair("right").value("/theirs/why"_json_pointer, ""), "maintenance");
  EXPECT_LT(blaster->stop().longest_gap, 1s);

  // Nobody relieves it, so it keeps the role while its own program is replaced.
  const auto keepalived = keepalived_of("right");
  ASSERT_NO_FATAL_FAILURE(end("right", SIGTERM));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)).has_value(), true);
  ASSERT_NO_FATAL_FAILURE(start_router("right"));
  EXPECT_TRUE(takes_the_role("right"));
  EXPECT_EQ(keepalived_of("right"), keepalived);
  ASSERT_TRUE(hear_each_other());
  must("left", "service");
  EXPECT_TRUE(has_conditions("right", {}));
  EXPECT_EQ(role("right"), "active") << "it does not come back by itself";
  EXPECT_TRUE(lab::wait_until(
      [&] {
        return read_file(told + ".left").value_or("").contains("pair|active|leaving\npair|leaving|standby\n") &&
               read_file(told + ".right").value_or("").contains("pair|standby|active\n");
      },
      lab::in(5s)));
}

using PairRolesOverTime = PairRoles;

TEST_F(PairRolesOverTime, FairleadDiesAndIsReplaced) {
  ASSERT_NO_FATAL_FAILURE(start_pair(pair_of_two_uplinks));
  auto blaster = blast();
  ASSERT_TRUE(lab::wait_until([&] { return blaster->received() > 100; }, lab::in(10s)));
  const auto keepalived = keepalived_of("left");
  ASSERT_NO_FATAL_FAILURE(end("left", SIGKILL));
  EXPECT_TRUE(lab::wait_until([&] { return !pair("right").value("/link/up"_json_pointer, true); }, lab::in(10s)));
  ASSERT_NO_FATAL_FAILURE(start_router("left"));
  EXPECT_TRUE(takes_the_role("left"));
  ASSERT_TRUE(hear_each_other());
  EXPECT_EQ(keepalived_of("left"), keepalived);
  EXPECT_EQ(blaster->stop().lost(), 0U) << "a crash of ours is nobody else's concern";
  EXPECT_FALSE(log_of("right").contains("standby → active"));

  // keepalived writes to nobody now, and still does what it is for.
  ASSERT_TRUE(lab_->cut("left:home"));
  EXPECT_TRUE(takes_the_role("right"));
  EXPECT_TRUE(has_conditions("left", {"vrrp"}));
  EXPECT_TRUE(has_conditions("right", {"peer-gives-way"}));
  EXPECT_THAT(refusal("right", "yield"), HasSubstr("left does not take it: LAN home: eth0 has no carrier"));
  EXPECT_THAT(refusal("right", "maintenance"), HasSubstr("nobody would forward"));
  ASSERT_TRUE(lab_->restore("left:home"));
  EXPECT_TRUE(has_conditions("left", {}));
  EXPECT_EQ(keepalived_of("left"), keepalived);
  EXPECT_TRUE(takes_the_role("right")) << "where it is, it stays";

  // An upgrade of the active one, then of the other.
  blaster = blast();
  ASSERT_TRUE(lab::wait_until([&] { return blaster->received() > 100; }, lab::in(10s)));
  ASSERT_NO_FATAL_FAILURE(end("right", SIGTERM));
  EXPECT_TRUE(becomes_active("left"));
  ASSERT_NO_FATAL_FAILURE(start_router("right"));
  ASSERT_TRUE(hear_each_other());
  ASSERT_NO_FATAL_FAILURE(end("left", SIGTERM));
  EXPECT_TRUE(becomes_active("right"));
  ASSERT_NO_FATAL_FAILURE(start_router("left"));
  ASSERT_TRUE(hear_each_other());
  EXPECT_LT(blaster->stop().longest_gap, 1s);

  // Alone.
  (void)crash("left");
  EXPECT_TRUE(lab::wait_until([&] { return !pair("right").value("/link/up"_json_pointer, true); }, lab::in(10s)));
  EXPECT_THAT(refusal("right", "yield"), HasSubstr("the other router is not heard"));
  EXPECT_THAT(refusal("right", "maintenance"), HasSubstr("nobody would forward"));
  blaster = blast();
  ASSERT_TRUE(lab::wait_until([&] { return blaster->received() > 100; }, lab::in(10s)));
  ASSERT_NO_FATAL_FAILURE(end("right", SIGTERM));
  EXPECT_TRUE(becomes_active("right"));
  ASSERT_NO_FATAL_FAILURE(start_router("right"));
  EXPECT_EQ(role("right"), "active");
  EXPECT_EQ(blaster->stop().lost(), 0U);
}

TEST_F(PairRolesOverTime, ReloadsAndPreemption) {
  ASSERT_NO_FATAL_FAILURE(start_pair(pair_of_two_uplinks));
  auto blaster = blast();
  ASSERT_TRUE(lab::wait_until([&] { return blaster->received() > 100; }, lab::in(10s)));
  auto toml = pair_of_two_uplinks;
  toml.replace(toml.find("\"192.168.1.1/24\""), 16, "[\"192.168.1.1/24\", \"192.168.9.1/24\"]");
  write(toml);
  for (const auto* router : {"left", "right"}) ASSERT_TRUE(fairlead(router, "reload").ok());
  const auto added = [&](const char* holder) {
    return lab::wait_until(
        [&] { return lab::holders_of(*lab_, address("192.168.9.1")) == std::vector<std::string>{holder}; },
        lab::in(5s));
  };
  EXPECT_TRUE(added("left"));
  // Its priority is the lower one now; who has the role keeps it.
  toml.replace(toml.find("priority = 150"), 14, "priority = 60");
  write(toml);
  for (const auto* router : {"left", "right"}) ASSERT_TRUE(fairlead(router, "reload").ok());
  EXPECT_TRUE(
      lab::wait_until([&] { return pair("right").value("/theirs/priority"_json_pointer, 0) == 60; }, lab::in(5s)));
  EXPECT_TRUE(takes_the_role("left"));
  EXPECT_EQ(blaster->stop().lost(), 0U);
  EXPECT_FALSE(log_of("right").contains("standby → active"));

  must("left", "yield");
  EXPECT_TRUE(takes_the_role("right"));
  EXPECT_TRUE(added("right"));
  // The process that speaks VRRP; keepalived would start another one where it ends.
  const auto speaker = [&] { return read_file(lab::router_folders(*lab_, "right").run + "/keepalived/vrrp.pid"); };
  const auto before = speaker().value_or("none");
  // From now on the higher one, left, asks for the role when it has been there for a while.
  toml.replace(toml.find("priority = 60"), 13, "priority = 150\npreempt = \"after 6s\"");
  write(toml);
  ASSERT_NO_FATAL_FAILURE(end("left", SIGTERM));
  ASSERT_TRUE(fairlead("right", "reload").ok());
  ASSERT_NO_FATAL_FAILURE(start_router("left"));
  ASSERT_TRUE(hear_each_other());
  const auto heard = lab::Clock::now();
  EXPECT_EQ(role("left"), "standby");
  EXPECT_TRUE(lab::wait_until([&] { return role("left") == "active"; }, lab::in(15s)));
  const auto waited = lab::Clock::now() - heard;
  EXPECT_GT(waited, 5s);
  EXPECT_LT(waited, 14s);
  EXPECT_TRUE(takes_the_role("left"));
  EXPECT_EQ(speaker().value_or(""), before) << "it outlives reloads";
  EXPECT_THAT(on("right", {"chrt", "-p", before.substr(0, before.find('\n'))}), HasSubstr("SCHED_RR"));
}

}  // namespace
}  // namespace fairlead
