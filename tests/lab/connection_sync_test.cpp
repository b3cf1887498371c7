// The connections of a pair of routers, the same on both: real conntrackds over a real cable.
#include <sched.h>

#include "connection_sync_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(ConnectionSyncs, WhatTheActiveOneHasTheOtherHasWithItsMark) {
  start_both();
  const auto begun = lab::Clock::now();
  left->add_tcp(4001);
  ASSERT_TRUE(right->has("sport=4001"));
  RecordProperty("milliseconds_to_the_other", std::to_string((lab::Clock::now() - begun) / 1ms));
  EXPECT_THAT(right->connections(), HasSubstr("mark=16777216"));
  left->conntrack({"-I", "-p", "udp", "-s", "fd00:1::50", "-d", "2001:db8::7", "--sport", "4002", "--dport", "53", "-t",
                   "100", "-m", "33554432"});
  ASSERT_TRUE(right->has("sport=4002"));
  EXPECT_THAT(right->connections(), HasSubstr("mark=33554432"));
  left->end_tcp(4001);
  EXPECT_TRUE(right->lacks("sport=4001"));
}

TEST_F(ConnectionSyncs, ConnectionsOfTheRouterItselfStayWithIt) {
  start_both();
  left->add_tcp(4001, "0", "10.255.0.2");  // over the cable between the two
  left->add_tcp(4002, "0", "192.168.1.1");
  left->add_tcp(4003);
  ASSERT_TRUE(right->has("sport=4003"));
  EXPECT_THAT(right->connections(), Not(HasSubstr("sport=4001")));
  EXPECT_THAT(right->connections(), Not(HasSubstr("sport=4002")));
}

TEST_F(ConnectionSyncs, OneThatIsKilledIsStartedAgainAndCatchesUp) {
  pace.look = 200ms;
  make_left();
  start_both();
  const auto old = left->pid();
  ASSERT_GT(old, 0);
  ASSERT_EQ(::kill(old, SIGKILL), 0);
  ASSERT_TRUE(left->tells("conntrackd does not run (signal 9)"));
  EXPECT_EQ(left->conditions().front().effect, "connections would break at a takeover");
  left->add_tcp(4001);  // it is told of no event
  ASSERT_TRUE(right->has("sport=4001")) << "what the kernel knows is sent when it is there again";
  EXPECT_NE(left->pid(), old);
  EXPECT_TRUE(lab::wait_until([&] { return left->status().statistics.has_value(); }, lab::in(5s)));
}

TEST_F(ConnectionSyncs, ASecondTakeoverKeepsEverything) {
  start_both();
  constexpr int count = 20;
  for (int port = 4001; port <= 4000 + count; ++port) left->add_tcp(port);
  const auto all_there = [&](const SyncSide& side) {
    return lab::wait_until(
        [&] {
          const auto all = side.connections();
          int found = 0;
          for (int port = 4001; port <= 4000 + count; ++port) found += all.contains("sport=" + std::to_string(port));
          return found == count;
        },
        lab::in(10s));
  };
  ASSERT_TRUE(all_there(*right));
  // The left one dies with all that its kernel knew.
  ::kill(left->pid(), SIGKILL);
  make_left();
  ASSERT_THAT(left->connections(), Not(HasSubstr("sport=40")));
  right->set_active(true);
  left->start();
  ASSERT_TRUE(left->works());
  left->catch_up();
  EXPECT_TRUE(all_there(*left)) << "right never saw these connections begin";
  EXPECT_THAT(left->connections(), HasSubstr("mark=16777216"));
  right->set_active(false);
  left->set_active(true);
  right->stop();
  make_right();
  right->start();
  ASSERT_TRUE(right->works());
  EXPECT_TRUE(all_there(*right)) << "and back";
}

TEST_F(ConnectionSyncs, WhatEndsAtTheStandbyLivesAndIsRefreshed) {
  pace.refresh = 500ms;
  make_left();
  make_right();
  start_both();
  left->add_tcp(4001);
  ASSERT_TRUE(right->has("sport=4001"));
  const auto ends_at_right = [&] {
    right->end_tcp(4001);
    // Had the left one ended it as well, it could not send it again.
    return right->has("sport=4001");
  };
  EXPECT_TRUE(ends_at_right());
  left->set_active(false);
  right->set_active(true);
  ASSERT_TRUE(lab::wait_until([&] { return right->own() == 1; }, lab::in(5s)));
  right->set_active(false);
  left->set_active(true);
  ASSERT_TRUE(lab::wait_until([&] { return right->own() == 0; }, lab::in(5s)));
  EXPECT_TRUE(ends_at_right()) << "it was right's own for a while";
  ::kill(right->pid(), SIGKILL);
  ASSERT_TRUE(right->tells("signal 9"));
  ASSERT_TRUE(right->works());
  ASSERT_TRUE(lab::wait_until([&] { return right->own() == 0; }, lab::in(5s)));
  EXPECT_TRUE(ends_at_right()) << "it fills its cache when it starts";
}

TEST_F(ConnectionSyncs, AnEntryThatTheStandbyHasWrongIsMadeAgain) {
  pace.refresh = 500ms;
  make_left();
  start_both();
  const std::string answers_to = "dst=203.0.113.10 sport=80 dport=";
  const auto entering = [](const std::string& outside_port) {
    return std::vector<std::string>{"-I",
                                    "-p",
                                    "tcp",
                                    "-s",
                                    "192.168.1.50",
                                    "-d",
                                    "198.51.100.7",
                                    "--sport",
                                    "4001",
                                    "--dport",
                                    "80",
                                    "-n",
                                    "203.0.113.10:" + outside_port,
                                    "--state",
                                    "ESTABLISHED",
                                    "-t",
                                    "300",
                                    "-m",
                                    "16777216"};
  };
  left->conntrack(entering("4001"));
  ASSERT_TRUE(right->has(answers_to + "4001"));
  // As an update leaves it that meets an older connection of the same ports.
  const auto events = [&](const char* on) {
    ip("netns exec " + right_ + " sysctl -qw net.netfilter.nf_conntrack_events=" + on);
  };
  events("0");
  const auto make_wrong = [&] {  // the left one may tell it anew between the two
    right->end_tcp(4001);
    return right->tries_conntrack(entering("5555"));
  };
  EXPECT_TRUE(lab::wait_until(make_wrong, lab::in(5s)));
  events("1");
  EXPECT_TRUE(right->has(answers_to + "4001"));
  EXPECT_TRUE(left->has(answers_to + "4001"));
}

TEST_F(ConnectionSyncs, EventsThatTheActiveOneMissesAreMadeUpFor) {
  pace.look = 200ms;
  make_left();
  start_both();
  left->add_tcp(4001);
  ASSERT_TRUE(right->has("sport=4001"));
  left->overrun();
  left->add_tcp(4002);
  left->go_on();
  ASSERT_TRUE(left->was_overrun());
  EXPECT_TRUE(right->has("sport=4002"));
}

TEST_F(ConnectionSyncs, EventsThatTheStandbyMissesChangeNothing) {
  pace.look = 200ms;
  make_right();
  start_both();
  left->add_tcp(4001);
  ASSERT_TRUE(right->has("sport=4001"));
  right->overrun();
  right->go_on();
  ASSERT_TRUE(right->was_overrun());
  // It would tell the active router of its own connections, which makes new entries of them there.
  EXPECT_FALSE(lab::wait_until([&] { return right->resyncs() != 0; }, lab::in(7s)));
}

TEST_F(ConnectionSyncs, ASilentPeerIsTold) {
  pace.look = 1500ms;  // each speaks once a second
  make_left();
  start_both();
  ASSERT_TRUE(lab::wait_until([&] { return left->status().statistics.has_value(); }, lab::in(5s)));
  EXPECT_TRUE(left->tells(""));
  EXPECT_GT(left->status().statistics->received, 0U);
  right->stop();
  ASSERT_TRUE(left->tells("the other router's conntrackd is silent"));
  EXPECT_TRUE(left->status().peer_silent);
  right->start();
  EXPECT_TRUE(left->tells(""));
  left->add_tcp(4001);
  ASSERT_TRUE(lab::wait_until([&] { return left->status().statistics->connections == 1; }, lab::in(5s)));
}

TEST_F(ConnectionSyncs, AnotherFileMeansANewStart) {
  start_both();
  const auto old = left->pid();
  left->start();  // the same text
  EXPECT_EQ(left->pid(), old);
  auto other = config(left_);
  other.lans.front().addresses.push_back(*Prefix::parse("192.168.9.1/24"));
  left.emplace(left_, other, folder_ / "left", pace);  // which stops the old one
  left->start();
  ASSERT_TRUE(left->works());
  EXPECT_NE(left->pid(), old);
  EXPECT_THAT(read_file(left->paths().conntrackd_conf()).value_or(""), HasSubstr("192.168.9.1"));
}

TEST_F(ConnectionSyncs, ItDoesNotHoldUpTheVrrpDaemon) {
  start_both();
  sched_param parameters{};
  ASSERT_EQ(::sched_getparam(left->pid(), &parameters), 0);
  EXPECT_EQ(::sched_getscheduler(left->pid()), SCHED_RR);
  EXPECT_LT(parameters.sched_priority, 50);
}

TEST_F(ConnectionSyncs, ItHasNothingToSayAgainstItsFile) {
  const auto file = folder_ / "trial.conf";
  ASSERT_TRUE(write_file(file, left->text()));
  fs::create_directories(left->paths().run);
  const auto run = lab::run({"ip", "netns", "exec", left_, "timeout", "1", "conntrackd", "-C", file});
  ASSERT_TRUE(run) << run.error().message;
  const auto said = run->out + run->err;
  EXPECT_THAT(said, HasSubstr("initialization completed"));
  EXPECT_THAT(said, HasSubstr("disabling external cache"));
  EXPECT_THAT(said, Not(HasSubstr("[warning]")));
  EXPECT_THAT(said, Not(HasSubstr("[ERROR]")));
}

}  // namespace
}  // namespace fairlead
