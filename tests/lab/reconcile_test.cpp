// What Fairlead leaves alone, repairs, survives and takes away.
#include <gmock/gmock.h>

#include <set>

#include "base/text.hpp"
#include "lab/blaster.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class Reconcile : public RouterLab {
 protected:
  /// Everything in the router's kernel that Fairlead may have touched, as other programs see it.
  [[nodiscard]] std::string kernel_state() const {
    return on_router({"nft", "-n", "-s", "list", "ruleset"}) + on_router({"ip", "-4", "rule"}) +
           on_router({"ip", "-6", "rule"}) + routes("-4") + routes("-6") + on_router({"ip", "-o", "address"});
  }
  [[nodiscard]] std::string routes(const std::string& family) const {
    // Sorted: equal routes may be listed in another order after they were made anew. Cached routes do not count.
    std::multiset<std::string> lines;
    const auto text = on_router({"ip", family, "route", "show", "table", "all"});
    for (const auto line : split(text, '\n')) lines.insert(std::string(line.substr(0, line.find(" linkdown"))));
    std::string sorted;
    for (const auto& line : lines) sorted += line + "\n";
    return sorted;
  }
  [[nodiscard]] int changes() const { return status().at("changes"); }
  /// Counts kernel changes by what the kernel itself announces while `work` runs.
  template <typename Work>
  std::string announced_during(Work work) const {
    auto monitor = host("router").start({"ip", "monitor", "route", "rule", "address"});
    auto nft = host("router").start({"nft", "monitor"});
    EXPECT_TRUE(monitor && nft);
    work();
    monitor->signal(SIGTERM);
    nft->signal(SIGTERM);
    const auto one = monitor->finish(lab::in(5s));
    const auto other = nft->finish(lab::in(5s));
    return (one ? one->out : "?") + (other ? other->out : "?");
  }
  /// Foreign things of every kind: a table that uses marks outside our mask, rules, routes.
  void make_foreign() const {
    static_cast<void>(on_router({"nft",
                                 "add table inet other; add chain inet other pre { type filter hook prerouting "
                                 "priority -200; }; add rule inet other pre meta mark set meta mark | 0x1 "
                                 "counter; add rule inet other pre ct mark set ct mark | 0x2"}));
    static_cast<void>(on_router({"ip", "rule", "add", "pref", "5000", "fwmark", "0x8/0xff", "lookup", "99"}));
    static_cast<void>(on_router({"ip", "route", "add", "10.99.0.0/16", "dev", "eth1", "table", "99"}));
    static_cast<void>(
        on_router({"ip", "-6", "rule", "add", "pref", "5001", "from", "2001:db8:77::/48", "lookup", "99"}));
    static_cast<void>(on_router({"ip", "route", "add", "172.31.0.0/16", "via", "100.64.1.1"}));
  }
  [[nodiscard]] std::string foreign() const {
    std::string text = on_router({"nft", "-s", "list", "table", "inet", "other"});
    const auto v4 = on_router({"ip", "rule"});
    const auto v6 = on_router({"ip", "-6", "rule"});
    for (const auto& rules : {v4, v6})
      for (const auto line : split(rules, '\n'))
        if (!line.contains("proto 70")) text += std::string(line) + "\n";
    text += on_router({"ip", "route", "show", "table", "99"});
    return text + on_router({"ip", "route", "show", "172.31.0.0/16"});
  }
};

TEST_F(Reconcile, UnchangedInputMakesNoChange) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto announced = announced_during([&] {
    EXPECT_TRUE(fairlead("reload").ok());
    EXPECT_TRUE(fairlead("reload").ok());
  });
  EXPECT_EQ(announced, "");
  EXPECT_EQ(changes(), 1);
  EXPECT_EQ(kernel_state(), before);
}

TEST_F(Reconcile, ReloadUnderLoadLosesNoPacket) {
  start(three_uplinks);
  const auto echo = lab::Endpoint{server(1), lab::echo_port};
  auto blast = lab::Blaster::start(host("home-1"), echo, {.per_second = 10000});
  ASSERT_TRUE(blast) << blast.error().message;
  ASSERT_TRUE(lab::wait_until([&] { return (*blast)->received() > 1000; }, lab::in(10s)));
  for (int round = 0; round < 5; ++round) EXPECT_TRUE(fairlead("reload").ok());
  // A change that does not concern the connection: a forward, a policy, and a weight.
  write(three_uplinks +
        "[[forward]]\nport = 81\nto = \"192.168.1.102\"\n[[policy]]\ndestination = \"192.0.2.9\"\nuse = \"lte\"\n");
  EXPECT_TRUE(fairlead("reload").ok());
  const auto reached = (*blast)->received() + 5000;
  ASSERT_TRUE(lab::wait_until([&] { return (*blast)->received() > reached; }, lab::in(10s)));
  const auto report = (*blast)->stop();
  EXPECT_EQ(report.lost(), 0U) << "of " << report.sent;
  EXPECT_EQ(changes(), 2);
}

TEST_F(Reconcile, ABadFileChangesNothingAndTellsEveryError) {
  start(three_uplinks);
  const auto before = kernel_state();
  write(three_uplinks + "[[forward]]\nport = 0\nto = \"10.0.0.1\"\n[[policy]]\nuse = \"cable9\"\n");
  const auto refused = fairlead("reload");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, testing::StartsWith(file() + ":15:8: error: ")) << "as check tells it";
  EXPECT_THAT(refused.err, HasSubstr("cable9"));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(fairlead("check", {"-c", file()}).status, 2);
}

TEST_F(Reconcile, WhatOthersDeleteIsRepaired) {
  start(three_uplinks);
  const auto before = kernel_state();
  const std::vector<lab::Command> attacks{{"nft", "delete", "table", "inet", "fairlead"},
                                          {"nft", "flush", "chain", "inet", "fairlead", "forward"},
                                          {"nft", "delete", "element", "inet", "fairlead", "slots4", "{ 3 }"},
                                          {"ip", "rule", "delete", "pref", "20133"},
                                          {"ip", "-6", "rule", "delete", "pref", "20130"},
                                          {"ip", "route", "flush", "table", "7002"},
                                          {"ip", "route", "delete", "default", "table", "7000", "metric", "10"},
                                          {"ip", "address", "delete", "192.168.1.1/24", "dev", "eth0"}};
  for (const auto& attack : attacks) {
    static_cast<void>(on_router(attack));
    EXPECT_TRUE(lab::wait_until([&] { return kernel_state() == before; }, lab::in(10s))) << join(attack, " ");
  }
}

TEST_F(Reconcile, ForeignTablesRulesRoutesAndMarksSurvive) {
  build(three_uplinks);
  make_foreign();
  const auto before = foreign();
  start_router();
  EXPECT_EQ(foreign(), before);
  EXPECT_EQ(shares(host("home-1"), 90, server(1)).at("cable1"), 50);
  // Our marks and theirs live side by side in the same connections.
  EXPECT_THAT(on_router({"conntrack", "-L", "-p", "tcp"}), HasSubstr("mark=16777218"));
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_EQ(foreign(), before);
  EXPECT_TRUE(fairlead("down").ok());
  EXPECT_EQ(foreign(), before);
}

TEST_F(Reconcile, DownRemovesEverythingAndRestoresSysctls) {
  build(three_uplinks);
  const auto sysctls = [&] {
    return on_router({"sysctl", "-a", "--pattern", "forward|rp_filter|arp_|tcp_loose|hash_policy|accept_ra|promote"});
  };
  const auto before = kernel_state();
  const auto sysctls_before = sysctls();
  start_router();
  EXPECT_NE(kernel_state(), before);
  EXPECT_NE(sysctls(), sysctls_before);
  EXPECT_TRUE(fairlead("down").ok());
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(sysctls(), sysctls_before);
  EXPECT_TRUE(fairlead("down").ok()) << "a second time is no error";
}

TEST_F(Reconcile, AKilledDaemonLeavesAForwardingRouterThatTheNextOneAdopts) {
  start(three_uplinks);
  auto stream = host("home-1").connect(at("192.0.2.1", lab::echo_port), lab::in(2s));
  ASSERT_TRUE(stream);
  const auto before = kernel_state();
  kill_router(SIGKILL);
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(shares(host("home-1"), 90, server(1)).at("cable1"), 50);
  const auto announced = announced_during([&] { start_router(); });
  EXPECT_EQ(announced, "");
  EXPECT_EQ(changes(), 0);
  ASSERT_TRUE(stream->send("still there", lab::in(2s)));
  EXPECT_EQ(stream->receive(lab::in(2s)).value_or(""), "still there");
  kill_router(SIGKILL);
  EXPECT_TRUE(fairlead("down").ok()) << "without a daemon";
  EXPECT_THAT(on_router({"nft", "list", "ruleset"}), testing::Not(HasSubstr("fairlead")));
}

TEST_F(Reconcile, SigtermLeavesTheKernelForwarding) {
  start(three_uplinks);
  const auto before = kernel_state();
  kill_router(SIGTERM);
  EXPECT_EQ(kernel_state(), before);
  EXPECT_TRUE(seen_by_tcp(host("home-1"), server(1)));
}

TEST_F(Reconcile, SighupReadsTheFileAgain) {
  start(three_uplinks);
  write(three_uplinks + "[balance]\nmethod = \"source-hash\"\n");
  signal_router(SIGHUP);
  EXPECT_TRUE(lab::wait_until([&] { return status().value("method", "") == "source-hash"; }, lab::in(5s)));
}

TEST_F(Reconcile, AHundredCutsAndRestoresLeaveNoTrace) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto has_route = [&](bool wanted) {
    return lab::wait_until(
        [&] { return on_router({"ip", "route", "show", "table", "7001"}).contains("via") == wanted; }, lab::in(10s));
  };
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(lab_->cut("cable1"));
    ASSERT_TRUE(host("router").inside(
        [&]() -> Result<void> { return has_route(false) ? Result<void>{} : fail("still there"); }));
    ASSERT_TRUE(lab_->restore("cable1"));
    ASSERT_TRUE(
        host("router").inside([&]() -> Result<void> { return has_route(true) ? Result<void>{} : fail("not back"); }));
  }
  EXPECT_TRUE(lab::wait_until([&] { return kernel_state() == before; }, lab::in(10s)));
  EXPECT_EQ(kernel_state(), before);
}

const std::string fourth_uplink = R"(
[wan.fourth]
interface = "eth9"
address = ["100.64.9.2/30", "2001:db8:9::2/64"]
gateway = "2001:db8:9::1"
)";

TEST_F(Reconcile, AnApplyThatFailsHalfWayGoesBack) {
  start(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "add", "eth9", "type", "veth", "peer", "name", "eth9p"}));
  static_cast<void>(on_router({"sysctl", "-q", "net.ipv6.conf.eth9.disable_ipv6=1"}));
  const auto before = kernel_state();
  write(three_uplinks + fourth_uplink);
  const auto refused = fairlead("reload");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("2001:db8:9::2"));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(shares(host("home-1"), 9, server(1)).at("cable1"), 5);
  static_cast<void>(on_router({"sysctl", "-q", "net.ipv6.conf.eth9.disable_ipv6=0"}));
  EXPECT_TRUE(fairlead("reload").ok()) << "and works when the reason is gone";
}

TEST_F(Reconcile, AFirstStartThatFailsLateGoesBackAltogether) {
  build(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable]
interface = "eth1"
address = "100.64.1.2/30"
gateway = "100.64.1.1"
)");
  // The link comes up by the first round; only then the uplink's route is wanted, and its place is taken.
  static_cast<void>(on_router({"ip", "link", "set", "eth1", "down"}));
  static_cast<void>(on_router({"ip", "route", "add", "default", "dev", "lo", "table", "7001", "metric", "10"}));
  const auto before = kernel_state();
  const auto ended = host("router").run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "run", {"-c", file()}));
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->status, 1);
  EXPECT_THAT(ended->err, HasSubstr("changed the kernel in")) << "a round that went well";
  EXPECT_THAT(ended->err, HasSubstr("table 7001"));
  EXPECT_EQ(kernel_state(), before);
}

TEST_F(Reconcile, WhatTheKernelDoesNotTakeIsToldAndUndone) {
  start(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "add", "eth9", "type", "veth", "peer", "name", "eth9p"}));
  // Another program has made the very rule that we shall need: ours cannot be added, theirs must not be taken.
  static_cast<void>(on_router({"ip", "rule", "add", "pref", "20304", "oif", "eth9", "lookup", "7004"}));
  const auto before = kernel_state();
  write(three_uplinks + fourth_uplink);
  const auto reloaded = fairlead("reload");
  if (!reloaded.ok()) {
    EXPECT_EQ(kernel_state(), before) << reloaded.err;
  }
  EXPECT_THAT(on_router({"ip", "rule"}), HasSubstr("20304:\tfrom all oif eth9 lookup 7004\n"));
}

TEST_F(Reconcile, TwoDaemonsDoNotFight) {
  start(three_uplinks);
  const auto second = host("router").run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "run", {"-c", file()}));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 1);
  EXPECT_THAT(second->err, HasSubstr("another fairlead runs"));
}

}  // namespace
}  // namespace fairlead
