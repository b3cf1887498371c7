// New connections and the uplink that they get.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

class Balance : public RouterLab {};

TEST_F(Balance, SplitsExactlyByWeightFromOneHostToOneServer) {
  start(three_uplinks);
  for (const auto family : families)
    EXPECT_THAT(shares(host("home-1"), 900, server(1, family)),
                UnorderedElementsAre(Pair("cable1", 500), Pair("cable2", 300), Pair("lte", 100)))
        << to_text(family);
}

TEST_F(Balance, SplitsExactlyFromManyHostsToManyServersWhileOthersComeIn) {
  start(three_uplinks + R"(
[[forward]]
port = 80
to = "192.168.1.102:8080"
)");
  auto web = lab::TrafficServer::start(host("home-2"), {}, {{lab::Service::who, 8080}});
  ASSERT_TRUE(web);
  for (int number = 150; number < 180; ++number)
    ASSERT_TRUE(host("home-1").must_run(
        {"ip", "address", "add", "192.168.1." + std::to_string(number) + "/24", "dev", "eth0"}));
  Shares counted;
  for (int number = 0; number < 900; ++number) {
    const auto source = at("192.168.1." + std::to_string(150 + number % 30), 0);
    ++counted[uplink_of(seen_by_tcp(host("home-1"), server(1 + number % 8), {.bind = source, .device = {}}))];
    if (number % 9 == 0) {
      EXPECT_TRUE(seen_by_tcp(host("internet"), address("100.64.2.2"), {.bind = at("192.0.2.1", 0), .device = {}}, 80));
    }
  }
  EXPECT_THAT(counted, UnorderedElementsAre(Pair("cable1", 500), Pair("cable2", 300), Pair("lte", 100)));
}

TEST_F(Balance, UdpIsBalancedAsWell) {
  start(three_uplinks);
  Shares counted;
  for (int number = 0; number < 90; ++number) {
    // A port of its own each: the kernel may give one twice, and then it is the same connection.
    const lab::SocketOptions from{.bind = at("0.0.0.0", static_cast<std::uint16_t>(20000 + number)), .device = {}};
    ++counted[uplink_of(seen_by_udp(host("home-1"), server(2), from))];
  }
  EXPECT_THAT(counted, UnorderedElementsAre(Pair("cable1", 50), Pair("cable2", 30), Pair("lte", 10)));
}

TEST_F(Balance, QuestionsToTheRouterAndToEveryoneTakeNoTurn) {
  start(three_uplinks);
  for (const auto family : families) {
    auto question = host("home-1").udp(at(family == Family::v4 ? "0.0.0.0" : "::", 0));
    ASSERT_TRUE(question);
    const auto router = address(family == Family::v4 ? "192.168.1.1" : "fd00:1::1");
    const auto everyone = address(family == Family::v4 ? "239.255.255.250" : "ff05::c");
    Shares counted;
    for (std::uint16_t number = 0; number < 45; ++number) {
      // With turns of their own, two questions before each connection would leave it only every third of nine.
      ASSERT_TRUE(question->send("name?", {router, static_cast<std::uint16_t>(5300 + number)}));
      ASSERT_TRUE(question->send("who?", {everyone, static_cast<std::uint16_t>(5300 + number)}));
      ++counted[uplink_of(seen_by_tcp(host("home-1"), server(1, family)))];
    }
    EXPECT_THAT(counted, UnorderedElementsAre(Pair("cable1", 25), Pair("cable2", 15), Pair("lte", 5)))
        << to_text(family);
  }
}

/// Their connections are no uplink's to lose.
TEST_F(Balance, WhatAnotherProgramRedirectsToTheRouterHasNoUplink) {
  start(three_uplinks);
  ASSERT_TRUE(on_router({"nft",
                         "add table inet other; add chain inet other in { type nat hook prerouting priority dstnat; "
                         "}; add rule inet other in iifname eth0 udp dport 53 redirect to :5353"})
                  .empty());
  auto service = host("router").udp(at("0.0.0.0", 5353));
  auto asking = host("home-1").udp(at("0.0.0.0", 0));
  ASSERT_TRUE(service && asking);
  ASSERT_TRUE(asking->send("name?", {server(1), 53}));
  const auto received = service->receive(lab::in(5s));
  ASSERT_TRUE(received);
  EXPECT_THAT(on_router({"conntrack", "-L", "-p", "udp", "--orig-port-dst", "53"}), HasSubstr("mark=0 "));
}

TEST_F(Balance, OneConnectionStaysOnItsUplink) {
  start(three_uplinks);
  auto socket = host("home-1").udp(at("0.0.0.0", 0));
  ASSERT_TRUE(socket);
  std::set<std::string> seen;
  for (int number = 0; number < 50; ++number) {
    ASSERT_TRUE(socket->send("?", at("192.0.2.1", lab::who_port)));
    const auto answer = socket->receive(lab::in(2s));
    ASSERT_TRUE(answer) << answer.error().message;
    seen.insert(answer->bytes);
  }
  EXPECT_EQ(seen.size(), 1U);
}

TEST_F(Balance, PersistBySourceAndDestinationKeepsTheUplink) {
  start(three_uplinks + R"(
[balance]
persist = { by = "source-destination", for = "1m" }
)");
  for (const auto family : families) {
    std::set<std::string> used;
    for (int number = 1; number <= 8; ++number) {
      const auto counted = shares(host("home-1"), 10, server(number, family));
      EXPECT_EQ(counted.size(), 1U) << to_text(family) << " server " << number;
      used.insert(counted.begin()->first);
    }
    EXPECT_GT(used.size(), 1U) << "different destinations still spread";
  }
}

TEST_F(Balance, PersistBySourceKeepsTheUplinkAndForgetsADeadOne) {
  start(three_uplinks + R"(
[balance]
persist = { by = "source", for = "1m" }
)");
  const auto before = shares(host("home-1"), 20, server(1));
  ASSERT_EQ(before.size(), 1U);
  const auto first = before.begin()->first;
  EXPECT_EQ(uplink_of(seen_by_tcp(host("home-1"), server(5))), first);
  ASSERT_TRUE(lab_->cut(first));
  ASSERT_TRUE(wait_for_state(first, "down"));
  const auto after = shares(host("home-1"), 20, server(1));
  EXPECT_EQ(after.size(), 1U);
  EXPECT_NE(after.begin()->first, first);
}

TEST_F(Balance, PersistForgetsWhenItsTimeIsOver) {
  start(three_uplinks + R"(
[balance]
persist = { by = "source", for = "1s" }
)");
  const auto first = uplink_of(seen_by_tcp(host("home-1"), server(1)));
  // Affinity ends one second after the latest connection; the kernel's own list tells when.
  ASSERT_TRUE(lab::wait_until(
      [&] { return !on_router({"nft", "list", "map", "inet", "fairlead", "affinity4"}).contains("192.168.1.101"); },
      lab::in(5s)));
  EXPECT_NE(uplink_of(seen_by_tcp(host("home-1"), server(1))), first) << "the next slot is another uplink's";
}

TEST_F(Balance, HashBySourceMovesOnlyTheHostsOfTheUplinkThatLeft) {
  start(three_uplinks + R"(
[balance]
method = "source-hash"
)");
  for (int number = 150; number < 200; ++number)
    ASSERT_TRUE(host("home-1").must_run(
        {"ip", "address", "add", "192.168.1." + std::to_string(number) + "/24", "dev", "eth0"}));
  const auto map_hosts = [&] {
    std::map<int, std::string> used;
    for (int number = 150; number < 200; ++number) {
      const lab::SocketOptions from{.bind = at("192.168.1." + std::to_string(number), 0), .device = {}};
      used[number] = uplink_of(seen_by_tcp(host("home-1"), server(1), from));
      EXPECT_EQ(uplink_of(seen_by_tcp(host("home-1"), server(2), from)), used[number]) << "whatever the destination";
    }
    return used;
  };
  const auto before = map_hosts();
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  int moved = 0;
  for (const auto& [number, uplink] : map_hosts()) {
    EXPECT_NE(uplink, "cable2");
    if (before.at(number) != "cable2") {
      EXPECT_EQ(uplink, before.at(number)) << number;
    } else {
      ++moved;
    }
  }
  EXPECT_GT(moved, 0);
  ASSERT_TRUE(lab_->restore("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "up"));
  EXPECT_EQ(map_hosts(), before);
}

TEST_F(Balance, AHigherTierIsUsedOnlyWhenTheLowerHasNone) {
  start(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable]
interface = "eth1"
[wan.lte]
interface = "eth2"
tier = 2
)");
  EXPECT_THAT(shares(host("home-1"), 20, server(1)), UnorderedElementsAre(Pair("cable", 20)));
  ASSERT_TRUE(lab_->cut("cable"));
  ASSERT_TRUE(wait_for_state("cable", "down"));
  EXPECT_THAT(shares(host("home-1"), 20, server(1)), UnorderedElementsAre(Pair("lte", 20)));
  ASSERT_TRUE(lab_->restore("cable"));
  ASSERT_TRUE(wait_for_state("cable", "up"));
  EXPECT_THAT(shares(host("home-1"), 20, server(1)), UnorderedElementsAre(Pair("cable", 20)));
}

TEST_F(Balance, TheRoutersOwnConnectionsAreBalancedWithTheRightSource) {
  start(three_uplinks);
  for (const auto family : families)
    EXPECT_THAT(shares(host("router"), 90, server(1, family)),
                UnorderedElementsAre(Pair("cable1", 50), Pair("cable2", 30), Pair("lte", 10)))
        << to_text(family);
}

TEST_F(Balance, TheRoutersSocketsThatChooseAnUplinkKeepIt) {
  start(three_uplinks);
  for (int number = 0; number < 10; ++number) {
    EXPECT_EQ(uplink_of(seen_by_tcp(host("router"), server(1), {.bind = {}, .device = "eth2"})), "cable2");
    EXPECT_EQ(uplink_of(seen_by_tcp(host("router"), server(1), {.bind = at("100.64.3.2", 0), .device = {}})), "lte");
    EXPECT_EQ(
        uplink_of(seen_by_udp(host("router"), server(1, Family::v6), {.bind = at("2001:db8:3::2", 0), .device = {}})),
        "lte");
  }
}

TEST_F(Balance, WithoutAnyUplinkTheLanIsRefusedAtOnceAndTheRouterAnswers) {
  start(three_uplinks);
  for (const auto& wan : config_.wans) ASSERT_TRUE(lab_->cut(wan.name));
  for (const auto& wan : config_.wans) ASSERT_TRUE(wait_for_state(wan.name, "down"));
  const auto begun = lab::Clock::now();
  EXPECT_FALSE(host("home-1").connect(at("192.0.2.1", lab::who_port), lab::in(10s)));
  EXPECT_LT(lab::Clock::now() - begun, 5s) << "refused by ICMP, not by a deadline";
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.1")));
  EXPECT_TRUE(host("home-1").pings(address("fd00:1::1")));
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.102")));
}

TEST_F(Balance, ADestinationDirectlyBehindAnUplinkUsesIt) {
  start(three_uplinks);
  auto modem_page = lab::TrafficServer::start(host("isp-cable2"), {});
  ASSERT_TRUE(modem_page);
  for (int number = 0; number < 10; ++number)
    EXPECT_EQ(uplink_of(seen_by_tcp(host("home-1"), address("100.64.2.1"))), "cable2");
  EXPECT_TRUE(on_router({"conntrack", "-L", "--dst", "100.64.2.1"}).contains("mark=33554432"));
}

TEST_F(Balance, NoAddressOfTheRouterTakesAnUplink) {
  start(three_uplinks);
  ASSERT_TRUE(on_router({"ip", "address", "add", "10.99.0.1/32", "dev", "lo"}).empty());
  ASSERT_TRUE(on_router({"ip", "address", "add", "fd99::1/128", "dev", "lo"}).empty());
  const auto known = [&](const char* set, const char* own) {
    return lab::wait_until([&] { return on_router({"nft", "list", "set", "inet", "fairlead", set}).contains(own); },
                           lab::in(5s));
  };
  ASSERT_TRUE(known("router4", "10.99.0.1"));
  ASSERT_TRUE(known("router6", "fd99::1"));
  EXPECT_TRUE(host("home-1").pings(address("10.99.0.1")));
  EXPECT_TRUE(host("home-1").pings(address("fd99::1")));
  EXPECT_THAT(on_router({"conntrack", "-L", "--dst", "10.99.0.1"}), HasSubstr("mark=0 "));
  EXPECT_THAT(on_router({"conntrack", "-L", "-f", "ipv6", "--dst", "fd99::1"}), HasSubstr("mark=0 "));
}

}  // namespace
}  // namespace fairlead
